"""The figures of a paper on training by sampling, computed again, beside the numbers that it prints."""

from pdeopt.networks.figures.catalogue import FIGURES
from pdeopt.networks.figures.records import Arm, Claim, Figure, Published
from pdeopt.networks.figures.reproducing import reproduce
from pdeopt.networks.figures.reproduction import Finding, Reproduction, Row

__all__ = ["FIGURES", "Arm", "Claim", "Figure", "Finding", "Published", "Reproduction", "Row", "reproduce"]
