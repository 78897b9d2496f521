"""SRIW2 and SRA3 written out, in the form that `pdeopt.verification` takes: ``step(t, x, h, xi, args)``.

The first two draws stand for the increment over sqrt(h) and, with it, for the time integral; a third is a coin for the
sign of sqrt(h). The equation is that of `pdeopt.systems.problems.torus`, its parameters the level and ripple.
"""

import math
from typing import Any

ROOT_THIRD = math.sqrt(1.0 / 3.0)


def b(x: float) -> float:
    return math.sin(x) + 0.5 * math.cos(2.0 * x)


def sriw2(_t: float, x: float, h: float, xi: Any, args: Any) -> float:
    return signed_sriw2(x, h, xi[0], xi[1], 1.0, args)


def sriw2_random_sign(_t: float, x: float, h: float, xi: Any, args: Any) -> float:
    return signed_sriw2(x, h, xi[0], xi[1], xi[2], args)


def signed_sriw2(x: float, h: float, xi: float, zeta: float, sign: float, args: Any) -> float:
    level, ripple = args
    root, jump = math.sqrt(h), sign * math.sqrt(h)
    w, u = root * xi, 0.5 * root * (xi + ROOT_THIRD * zeta)
    twice, thrice = 0.5 * jump * (xi * xi - 1.0), root * xi * (xi * xi - 3.0) / 6.0
    b_1, s_1 = b(x), level + ripple * math.cos(x)
    s_2 = level + ripple * math.cos(x + 0.25 * h * b_1 - 0.5 * jump * s_1)
    s_3 = level + ripple * math.cos(x + h * b_1 + jump * s_1)
    b_2 = b(x + h * b_1)
    b_3 = b(x + 0.25 * h * (b_1 + b_2) + u * (s_1 + 0.5 * s_2))
    s_4 = level + ripple * math.cos(x + 0.25 * h * b_3 + jump * (2.0 * s_1 - s_2 + 0.5 * s_3))
    first = s_1 * (twice - w + 2.0 * u - 2.0 * thrice)
    second = s_2 * (4.0 / 3.0 * (w - twice - u) + 5.0 / 3.0 * thrice)
    third = s_3 * (2.0 / 3.0 * (w - u - thrice) + twice / 3.0)
    return x + h * (b_1 + b_2 + 4.0 * b_3) / 6.0 + first + second + third + s_4 * thrice


def sra3(_t: float, x: float, h: float, xi: Any, args: Any) -> float:
    level, root = args[0], math.sqrt(h)
    u = 0.5 * root * (xi[0] + ROOT_THIRD * xi[1])
    b_1 = b(x)
    b_2 = b(x + h * b_1)
    b_3 = b(x + 0.25 * h * (b_1 + b_2) + 1.5 * level * u)
    return x + h * (b_1 + b_2 + 4.0 * b_3) / 6.0 + level * root * xi[0]


def slow_rk(_t: float, x: float, h: float, xi: Any, args: Any) -> float:
    """Return the step of equation (6.2) of Foster, dos Reis and Strange 2023, of a Stratonovich equation.

    Its draws are the same; H, the area between path and chord over h, is the time integral over h less half the
    increment.
    """
    level, ripple = args
    root = math.sqrt(h)
    w, H = root * xi[0], 0.5 * root * ROOT_THIRD * xi[1]
    f_1 = stratonovich_b(x, level, ripple)
    y = x + 0.5 * h * f_1
    s_1 = level + ripple * math.cos(y)
    s_2 = level + ripple * math.cos(y + 0.5 * w * s_1)
    s_3 = level + ripple * math.cos(y + 0.5 * w * s_2)
    s_4 = level + ripple * math.cos(y + w * s_3)
    f_2 = stratonovich_b(x + 0.75 * h * f_1 + (0.75 * w + 1.5 * H) * s_3, level, ripple)
    s_5 = level + ripple * math.cos(x + h * f_1 + 0.5 * w * s_2)
    return x + h * (f_1 + 2.0 * f_2) / 3.0 + w * (s_1 + 2.0 * s_2 + 2.0 * s_3 + s_4) / 6.0 + 2.0 * H * (s_3 - s_5)


def stratonovich_b(x: float, level: float, ripple: float) -> float:
    return b(x) + 0.5 * ripple * math.sin(x) * (level + ripple * math.cos(x))
