"""
Starting with four half-steps
=============================

Refining the grid makes the second derivative of an option price *worse*, if Crank-Nicolson steps start from the kink
of the payoff; four half-steps of backward Euler in place of the first two steps restore second order.
"""

import matplotlib.pyplot as plt
import numpy as np
from scipy.stats import norm

import pdeopt

interest, volatility, maturity = 0.05, 0.2, 1.0

# %%
# A call with strike 1 on an axis of logarithms, the strike on a node: a diffusion with killing at the interest rate.
# The number of steps is proportional to that of the cells, 5 spacings a step.


def drift(t, x):
    """Return the drift of the logarithm of the price."""
    return interest - 0.5 * volatility**2


def diffusion(t, x):
    """Return its noise."""
    return volatility


system = pdeopt.SDE(drift, diffusion, noise="additive")


def gamma(cells, damping):
    """Return prices S around the strike, and the second derivative of the call by S."""
    grid = pdeopt.Grid(-2.0, 2.0, cells + 1)
    L = pdeopt.Generator(system, grid, "linear", rates="central", killing=interest)
    x, h = grid.axes[0], grid.spacing[0]
    payoff = np.maximum(np.exp(x) - 1.0, 0.0)
    u = L.backward(payoff, maturity, method="crank-nicolson", n_steps=cells // 20, damping=damping, levels=1).plain
    second, first = (u[2:] - 2.0 * u[1:-1] + u[:-2]) / h**2, (u[2:] - u[:-2]) / (2.0 * h)
    return np.exp(x[1:-1]), (second - first) * np.exp(-2.0 * x[1:-1])


def exact(s):
    """Return the gamma of Black and Scholes."""
    width = volatility * np.sqrt(maturity)
    d = (np.log(s) + (interest + 0.5 * volatility**2) * maturity) / width
    return norm.pdf(d) / (s * width)


cells = np.array([80, 160, 320, 640, 1280])
errors = {damping: [abs(gamma(n, damping)[1][n // 2 - 1] - exact(1.0)) for n in cells] for damping in (0, 2, 4)}

figure, (left, right) = plt.subplots(1, 2, figsize=(10.0, 4.0), layout="constrained")
for damping, style in ((0, "C3.-"), (4, "C0.-")):
    s, values = gamma(320, damping)
    near = np.abs(np.log(s)) < 0.4
    left.plot(s[near], values[near], style, ms=3, lw=0.9, label=f"{damping} half-steps")
left.plot(s[near], exact(s[near]), "k--", lw=0.9, label="exact")
left.set(xlabel="price S (strikes)", ylabel="gamma (1 / strike)", title="320 cells, 16 steps")
left.legend()
for damping, rows in errors.items():
    right.loglog(cells, rows, "o-", label=f"{damping} half-steps")
right.set(xlabel="cells", ylabel="error of gamma at the strike")
right.legend()

slopes = {damping: -np.polyfit(np.log(cells[1:]), np.log(rows[1:]), 1)[0] for damping, rows in errors.items()}
for damping, rows in errors.items():
    print(f"{damping} half-steps: order {slopes[damping]:5.2f}, errors", " ".join(f"{e:.1e}" for e in rows))

assert slopes[0] < -0.9
assert abs(slopes[2] - 1.0) < 0.1
assert abs(slopes[4] - 2.0) < 0.1
