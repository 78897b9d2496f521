"""The errata of "Deep relaxation": what is printed, what is right, and numbers that tell one from the other."""

from pdeopt.verification.paper.catalogue import ERRATA
from pdeopt.verification.paper.checking import paper_check
from pdeopt.verification.paper.comparison import FAR, Comparison, Reason
from pdeopt.verification.paper.erratum import Erratum
from pdeopt.verification.paper.line import PaperLine
from pdeopt.verification.paper.record import PaperCheck

__all__ = ["ERRATA", "FAR", "Comparison", "Erratum", "PaperCheck", "PaperLine", "Reason", "paper_check"]
