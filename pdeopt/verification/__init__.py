"""Decide whether a method has the order it claims: certified, refuted or inconclusive, with the numbers."""

from pdeopt.verification.orders import invariant_bias, weak_order
from pdeopt.verification.records import from_json, to_json
from pdeopt.verification.table import SchemeTable, certify_schemes
from pdeopt.verification.verdict import Verdict

__all__ = ["SchemeTable", "Verdict", "certify_schemes", "from_json", "invariant_bias", "to_json", "weak_order"]
