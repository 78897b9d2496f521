"""All figures that can be reproduced, by key."""

from pdeopt.networks.figures import means, paths, scans, single_runs, wide_networks
from pdeopt.networks.figures.records import Figure

__all__ = ["FIGURES", "MNIST", "find"]

FIGURES: dict[str, Figure] = {
    figure.key: figure for module in (means, single_runs, wide_networks, scans, paths) for figure in module.FIGURES
}

MNIST: dict[str, Figure] = {figure.key: figure for figure in paths.MNIST_FIGURES}
"""Those that need the files of MNIST."""


def find(figure: str | int, has_files: bool = False) -> Figure:
    """Return the settings of a figure.

    Raises
    ------
    ValueError
        If there is none of this key; the message lists the keys.
    """
    key = str(figure).strip().lower().removeprefix("figure").strip()
    if key in MNIST and not has_files:
        raise ValueError(f"figure={figure!r} needs the four IDX files of MNIST. Use mnist=FOLDER, where they are.")
    if key not in FIGURES | MNIST:
        known = ", ".join(map(repr, FIGURES))
        raise ValueError(f"figure={figure!r} is not known. Use one of {known}; with mnist=FOLDER also 5 and '3 mnist'.")
    return (FIGURES | MNIST)[key]
