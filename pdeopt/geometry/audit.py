"""All that is known of the curvature of one relaxation, in one table."""

from dataclasses import dataclass

from pdeopt._types import ArrayLike
from pdeopt.geometry.bounds import CurvatureBounds, curvature_bounds
from pdeopt.geometry.convexity import convexity_time
from pdeopt.geometry.crossings import CriticalTime
from pdeopt.geometry.curvature import Semiconcavity, axis_constants
from pdeopt.geometry.harmonic_means import HarmonicMeanAudit, harmonic_mean_audit
from pdeopt.geometry.unimodality import unimodality_time
from pdeopt.grid import Grid
from pdeopt.landscapes import Landscape

__all__ = ["CurvatureAudit", "curvature_audit"]


@dataclass(frozen=True, eq=False, repr=False)
class CurvatureAudit:
    """Curvature of a landscape and of its relaxation, and critical times; its text is the complete table.

    Parameters
    ----------
    bounds : CurvatureBounds
        Measured curvatures beside their bounds.
    means : HarmonicMeanAudit
        Harmonic means at the minima.
    convexity, unimodality : CriticalTime or None
        From when on the relaxation is convex, and has one minimum; None if not asked for.
    """

    bounds: CurvatureBounds
    means: HarmonicMeanAudit
    convexity: CriticalTime | None = None
    unimodality: CriticalTime | None = None

    @property
    def initial(self) -> Semiconcavity:
        """The semiconcavity constants of the landscape."""
        return self.bounds.initial

    @property
    def holds(self) -> bool:
        """Whether no inequality is violated."""
        return self.bounds.holds and self.means.holds

    def __str__(self) -> str:
        parts = [self.initial, self.bounds, self.means, self.convexity, self.unimodality]
        return "\n\n".join(str(part) for part in parts if part is not None)

    def __repr__(self) -> str:
        return f"<CurvatureAudit: {'all hold' if self.holds else 'violated'}>"


def curvature_audit(
    f: Landscape | ArrayLike,
    grid: Grid,
    time: float,
    beta: float = 1.0,
    *,
    critical_times: bool = True,
    noise: float | None = None,
    progress: bool = True,
) -> CurvatureAudit:
    """Measure the curvature of a landscape and of its relaxation against every bound, and find critical times.

    Parameters
    ----------
    f : Landscape or array_like of shape ``grid.shape``
    grid : Grid
        Where to look, with one to three axes.
    time, beta : float
        PDE time, positive, and inverse temperature; ``inf`` allowed.
    critical_times : bool
        Whether to look for the times of convexity and of unimodality, which takes tens of relaxations.
    noise : float, optional
        As for `semiconcavity`.
    progress : bool
        Whether to show bars on a terminal, after two seconds.

    Returns
    -------
    CurvatureAudit

    Raises
    ------
    ValueError
        If an argument is out of range; the message offers a value that works.

    Notes
    -----
    The parts, with arguments of their own, are `curvature_bounds`, `harmonic_mean_audit`, `convexity_time` and
    `unimodality_time`.

    Examples
    --------
    >>> import pdeopt
    >>> f, grid = pdeopt.landscapes.double_well(), pdeopt.Grid(-2.0, 2.0, 257)
    >>> found = curvature_audit(f, grid, 0.5, beta=2.0, progress=False)
    >>> found.holds, round(found.convexity.last, 4)
    (True, 0.8955)
    """
    bounds = curvature_bounds(f, grid, time, beta, noise=noise, progress=progress)
    means = harmonic_mean_audit(f, grid, time, beta, constants=axis_constants(f, bounds.initial))
    if not critical_times:
        return CurvatureAudit(bounds, means)
    convexity = convexity_time(f, beta, grid=grid, progress=progress)
    return CurvatureAudit(bounds, means, convexity, unimodality_time(f, beta, grid=grid, progress=progress))
