"""Schemes broken on purpose, each by one change of the source: what a verification must find."""

from mutants.changes import Mutant, in_place, running
from mutants.exits import EXITS
from mutants.general import GENERAL
from mutants.langevin import LANGEVIN
from mutants.noise import NOISE

__all__ = ["MUTANTS", "Mutant", "in_place", "running"]

MUTANTS = (*GENERAL, *LANGEVIN, *NOISE, *EXITS)
