"""Decide whether a method has the order it claims: certified, refuted or inconclusive, with the numbers."""

from pdeopt.verification.algebra.expansions import ExpansionOrders, expansion_orders
from pdeopt.verification.algebra.harmonic_law import HarmonicLaw, stationary_covariance
from pdeopt.verification.algebra.order_conditions import OrderConditions, order_conditions
from pdeopt.verification.algebra.tableaux import Tableau
from pdeopt.verification.declared import Declaration, declarations
from pdeopt.verification.exits import exit_order
from pdeopt.verification.level_record import LevelCheck
from pdeopt.verification.levels import level_check, weak_order_sampled
from pdeopt.verification.moments.linear_strong import stationary_path_errors
from pdeopt.verification.orders import invariant_bias, weak_order
from pdeopt.verification.paper import PaperCheck, paper_check
from pdeopt.verification.paths.decisions import holm
from pdeopt.verification.records import from_json, to_json
from pdeopt.verification.strong import certify_strong, strong_order
from pdeopt.verification.table import SchemeTable, certify_schemes
from pdeopt.verification.verdict import Verdict

__all__ = [
    "Declaration",
    "ExpansionOrders",
    "HarmonicLaw",
    "LevelCheck",
    "OrderConditions",
    "PaperCheck",
    "SchemeTable",
    "Tableau",
    "Verdict",
    "certify_schemes",
    "certify_strong",
    "declarations",
    "exit_order",
    "expansion_orders",
    "from_json",
    "holm",
    "invariant_bias",
    "level_check",
    "order_conditions",
    "paper_check",
    "stationary_covariance",
    "stationary_path_errors",
    "strong_order",
    "to_json",
    "weak_order",
    "weak_order_sampled",
]
