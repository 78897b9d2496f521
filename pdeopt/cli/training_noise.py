"""Noise of residual layers in the words of the command line: ``name:setting=value,...``."""

from collections.abc import Mapping
from difflib import get_close_matches

from pdeopt.cli.training_methods import at_commas, read_settings, with_settings
from pdeopt.networks import noise
from pdeopt.networks.noise import Noise

__all__ = ["NOISES", "describe_noises", "read_noise"]

NOISES: Mapping[str, type[Noise]] = {
    "stochastic-depth": noise.StochasticDepth,
    "dropout": noise.Dropout,
    "dropconnect": noise.DropConnect,
    "gaussian-dropout": noise.GaussianDropout,
    "shake-shake": noise.ShakeShake,
    "additive": noise.AdditiveNoise,
    "multiplicative": noise.MultiplicativeNoise,
    "batch": noise.BatchNoise,
}
"""Every noise of the package, by name."""


def read_noise(word: str) -> Noise:
    """Return the noise that a word names."""
    name, _, inner = word.partition(":")
    if name not in NOISES:
        close = get_close_matches(name, NOISES, n=1)
        raise ValueError(f"--layer-noise {name} is unknown; use {' or '.join(close) or ', '.join(NOISES)}.")
    kind = NOISES[name]
    return kind(**read_settings(kind, name, at_commas(inner) if inner else []))


def describe_noises() -> str:
    """Return the kinds of noise with their settings and defaults."""
    return "\n".join(["NOISE of residual layers, with its settings and their defaults:", *with_settings(NOISES)])
