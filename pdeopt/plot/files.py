"""Files that are either complete or not there."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

__all__ = ["save"]

RESOLUTION = 150
SUFFIXES = (".png", ".pdf", ".svg", ".jpg")


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Give a temporary path that takes the name `path` at the end, and is removed if anything goes wrong."""
    target = Path(path)
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".pdeopt-", suffix=target.suffix, delete=False) as file:
        temporary = Path(file.name)
    try:
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def save(picture: Axes | Figure, path: str | Path, *, resolution: int = RESOLUTION) -> Path:
    """Write a picture to a file; an interrupt leaves no half-written one.

    Parameters
    ----------
    picture : Axes or Figure
        What a function of this module returned, or the figure it lies in.
    path : str or Path
        The suffix says the format: .png, .pdf, .svg and others.
    resolution : int
        Dots per inch.

    Returns
    -------
    Path
        Where it was written.

    Raises
    ------
    ValueError
        If Matplotlib does not know the suffix.
    """
    figure = picture if isinstance(picture, Figure) else picture.get_figure(root=True)
    assert figure is not None
    # The layout settles in two passes: ticks first, then the room they take.
    figure.draw_without_rendering()
    with replacing(path) as temporary:
        figure.savefig(temporary, dpi=resolution)
    return Path(path)
