"""How numbers are written in tables."""

__all__ = ["number"]


def number(value: float) -> str:
    """Return a number in eight digits.

    Examples
    --------
    >>> number(2.16756888554561), number(-1.0), number(2.4e-4)
    ('2.1675689', '-1', '0.00024')
    """
    return f"{value:.8g}"
