"""Decide whether a method has the order it claims: certified, refuted or inconclusive, with the numbers."""

from pdeopt.verification.decisions import holm
from pdeopt.verification.exits import exit_order
from pdeopt.verification.levels import LevelCheck, level_check, weak_order_sampled
from pdeopt.verification.orders import invariant_bias, weak_order
from pdeopt.verification.strong import certify_strong, strong_order
from pdeopt.verification.table import SchemeTable, certify_schemes
from pdeopt.verification.verdict import Verdict

__all__ = [
    "LevelCheck",
    "SchemeTable",
    "Verdict",
    "certify_schemes",
    "certify_strong",
    "exit_order",
    "holm",
    "invariant_bias",
    "level_check",
    "strong_order",
    "weak_order",
    "weak_order_sampled",
]
