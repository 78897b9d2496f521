"""Noise as plain words and numbers, and back."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from pdeopt.networks import noise as noises
from pdeopt.networks.noise import Noise

__all__ = ["noise_of", "noise_words"]


def noise_words(noise: Noise | Sequence[Noise | None] | None) -> Any:
    """Return noise as plain words and numbers."""
    if noise is None:
        return None
    if isinstance(noise, Noise):
        return {"kind": type(noise).__name__, **asdict(noise)}  # type: ignore[call-overload]
    return [noise_words(one) for one in noise]


def noise_of(words: Any) -> Any:
    """Return the noise that `noise_words` put in words; noise itself as it is."""
    if isinstance(words, dict):
        return getattr(noises, words["kind"])(**{name: value for name, value in words.items() if name != "kind"})
    return [noise_of(one) for one in words] if isinstance(words, list | tuple) else words
