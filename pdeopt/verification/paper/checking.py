"""`paper_check`: go through the errata."""

from collections.abc import Iterable
from difflib import get_close_matches
from time import perf_counter

from tqdm import tqdm

from pdeopt.verification.paper.catalogue import ERRATA
from pdeopt.verification.paper.comparison import Comparison, Reason
from pdeopt.verification.paper.erratum import Erratum
from pdeopt.verification.paper.line import PaperLine
from pdeopt.verification.paper.record import PaperCheck

__all__ = ["paper_check"]


def paper_check(only: Iterable[str] | None = None, *, seed: int = 0, progress: bool = False) -> PaperCheck:
    """Go through the errata of the "Deep relaxation" paper: printed formulas fail, corrected ones pass.

    Parameters
    ----------
    only : iterable of str, optional
        Errata such as ``("E1", "E9")``; by default all 23.
    seed : int
        Of the oracles that sample, at least 0.
    progress : bool
        Whether a terminal is shown a bar.

    Returns
    -------
    PaperCheck
        One line per erratum: its statements, and numbers by the printed formula, by the corrected one and by an oracle
        that uses neither.

    Raises
    ------
    ValueError
        If an erratum is not known, or none is named.

    Notes
    -----
    An erratum is confirmed where each corrected number is within its error bar of the oracle, and each printed one
    misses it by more than ten bars. Bars of samples are four standard errors.

    References
    ----------
    P. Chaudhari, A. Oberman, S. Osher, S. Soatto, G. Carlier, Deep relaxation: partial differential equations for
    optimizing deep neural networks, Res. Math. Sci. 5 (2018) 30, arXiv:1704.04932v2.

    Examples
    --------
    >>> check = paper_check(["E9"])
    >>> check.passed, round(check["E9"].comparisons[0].corrected, 10)
    (True, 2.1675688855)
    """
    if seed != int(seed) or seed < 0:
        raise ValueError(f"seed={seed!r} must be a whole number of at least 0, e.g. 0.")
    chosen, begun = _chosen(only), perf_counter()
    bar = tqdm(chosen, desc="errata", unit="erratum", delay=2.0, leave=False, disable=None if progress else True)
    lines = tuple(checked_line(erratum, int(seed)) for erratum in bar)
    return PaperCheck(lines, int(seed), perf_counter() - begun)


def _chosen(only: Iterable[str] | None) -> list[Erratum]:
    known = {erratum.id: erratum for erratum in ERRATA}
    wanted = list(known) if only is None else [only] if isinstance(only, str) else list(only)
    unknown = [name for name in wanted if name not in known]
    if unknown:
        close = get_close_matches(str(unknown[0]).upper(), known, n=1, cutoff=0.0)
        raise ValueError(f"only={unknown[0]!r} is not an erratum; they are E1 to E{len(known)}, e.g. {close[0]!r}.")
    if not wanted:
        raise ValueError("only=[] names no erratum. Use e.g. ['E1', 'E9'], or None for all.")
    return [erratum for name, erratum in known.items() if name in wanted]


def checked_line(erratum: Erratum, seed: int) -> PaperLine:
    """Return the line of an erratum.

    Parameters
    ----------
    erratum : Erratum
    seed : int
        Of the oracles that sample.

    Returns
    -------
    PaperLine
    """
    begun = perf_counter()
    evidence = erratum.find(seed)
    return PaperLine(
        erratum.id,
        erratum.place,
        erratum.printed,
        erratum.corrected,
        erratum.function,
        tuple(one for one in evidence if isinstance(one, Comparison)),
        tuple(one for one in evidence if isinstance(one, Reason)),
        perf_counter() - begun,
    )
