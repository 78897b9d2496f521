"""All figures that can be reproduced, by key."""

from pdeopt.networks.figures import means, paths, scans, single_runs, wide_networks
from pdeopt.networks.figures.records import Figure

__all__ = ["FIGURES", "find"]

FIGURES: dict[str, Figure] = {
    figure.key: figure for module in (means, single_runs, wide_networks, scans, paths) for figure in module.FIGURES
}
