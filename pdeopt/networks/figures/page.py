"""A page of tables: a block for each figure, written from what was computed."""

from pathlib import Path

from pdeopt.networks.figures.reproduction import Reproduction

__all__ = ["markers", "write_block"]


def markers(key: str) -> tuple[str, str]:
    """Return the lines around the block of a figure."""
    return f"<!-- figure {key}: begin -->", f"<!-- figure {key}: end -->"


def write_block(path: str | Path, result: Reproduction) -> None:
    """Put the table of a figure in its place on a page.

    Parameters
    ----------
    path : str or Path
        Of a page with the two lines of `markers`.
    result : Reproduction

    Raises
    ------
    ValueError
        If the page has no such place.
    """
    page, (begin, end) = Path(path), markers(result.figure)
    text = page.read_text()
    if text.count(begin) != 1 or text.count(end) != 1:
        raise ValueError(
            f"path={str(path)!r} has no place for figure {result.figure}: put the lines {begin} and {end}."
        )
    before, _, rest = text.partition(begin)
    page.write_text(f"{before}{begin}\n{result.markdown()}\n{end}{rest.partition(end)[2]}")
