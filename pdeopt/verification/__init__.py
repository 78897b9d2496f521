"""Decide whether a method has the order it claims: certified, refuted or inconclusive, with the numbers."""

from pdeopt.verification.exits import exit_order
from pdeopt.verification.orders import invariant_bias, weak_order
from pdeopt.verification.table import SchemeTable, certify_schemes
from pdeopt.verification.verdict import Verdict

__all__ = ["SchemeTable", "Verdict", "certify_schemes", "exit_order", "invariant_bias", "weak_order"]
