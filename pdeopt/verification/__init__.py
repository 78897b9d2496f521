"""Decide whether a method has the order it claims: certified, refuted or inconclusive, with the numbers."""

from pdeopt.verification.decisions import holm
from pdeopt.verification.exits import exit_order
from pdeopt.verification.orders import invariant_bias, weak_order
from pdeopt.verification.records import from_json, to_json
from pdeopt.verification.strong import certify_strong, strong_order
from pdeopt.verification.table import SchemeTable, certify_schemes
from pdeopt.verification.verdict import Verdict

__all__ = [
    "SchemeTable",
    "Verdict",
    "certify_schemes",
    "certify_strong",
    "exit_order",
    "from_json",
    "holm",
    "invariant_bias",
    "strong_order",
    "to_json",
    "weak_order",
]
