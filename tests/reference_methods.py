"""Training methods written out by hand from their papers: slow twins that know nothing of instructions.

A twin yields the point after each step. `draw(n)` gives the next n standard normals. FIRST and REST are the layers.
"""

import numpy as np

D = 9
FIRST, REST = slice(0, 6), slice(6, 9)
WEIGHT, BIAS = slice(0, 4), slice(4, 6)
SLICES = {
    "layer1": FIRST,
    "layer1.weight": WEIGHT,
    "layer1.bias": BIAS,
    "layer2": REST,
    "layer2.weight": slice(6, 8),
    "layer2.bias": slice(8, 9),
}
START = np.array([0.7, -0.3, 0.2, 1.1, -0.8, 0.4, -0.1, 0.6, -0.9])


def force_gradient(x):
    """Return the gradient of a potential that is not quadratic and couples neighbours."""
    return 0.8 * x + 0.3 * x**3 + np.sin(np.roll(x, 1) + x) + np.sin(x + np.roll(x, -1))


def sgd(x, gradient, _draw, h):
    while True:
        x = x - h * gradient(x)
        yield x


def momentum(x, gradient, _draw, h, mu):
    v = 0.0
    while True:
        v = mu * v + gradient(x)
        x = x - h * v
        yield x


def nesterov(x, gradient, _draw, h, mu):
    # The form of Sutskever et al. in its own variable y, whose look-ahead point is what is yielded.
    y, v = x, 0.0 * x
    while True:
        v = mu * v - h * gradient(y + mu * v)
        y = y + v
        yield y + mu * v


def rmsprop(x, gradient, _draw, h, rho, eps):
    square = 0.0
    while True:
        g = gradient(x)
        square = rho * square + (1.0 - rho) * g * g
        x = x - h * g / (np.sqrt(square) + eps)
        yield x


def adam(x, gradient, _draw, h, beta1, beta2, eps):
    m = v = 0.0
    n = 0
    while True:
        n += 1
        g = gradient(x)
        m = beta1 * m + (1.0 - beta1) * g
        v = beta2 * v + (1.0 - beta2) * g * g
        x = x - h * (m / (1.0 - beta1**n)) / (np.sqrt(v / (1.0 - beta2**n)) + eps)
        yield x


def sgld(x, gradient, draw, h, size):
    while True:
        x = x - h * gradient(x) + size * draw(x.size)
        yield x


def langevin(x, gradient, draw, h, gamma, tau, word):
    """Exact flows in the order of the word, a new gradient for every kick."""
    p = np.zeros(x.size)
    while True:
        for letter in word:
            t = h / word.count(letter)
            c = np.exp(-gamma * t)
            spread = np.sqrt(tau * (1.0 - c**2))
            if letter == "A":
                x = x + t * p
            elif letter == "B":
                p = p - t * gradient(x)
            elif letter == "O":
                p = c * p + spread * draw(x.size)
            elif letter == "V":
                p = c * p + spread * draw(x.size) - (1.0 - c) / gamma * gradient(x)
            else:
                r, w = draw(x.size), draw(x.size)
                both = tau / gamma * (1.0 - c) ** 2 / spread
                total = 2.0 * tau / gamma * (t - 2.0 * (1.0 - c) / gamma + (1.0 - c**2) / (2.0 * gamma))
                x = x + (1.0 - c) / gamma * p + both * r + np.sqrt(total - both**2) * w
                p = c * p + spread * r
        yield x


def adla(x, gradient, draw, h, tau, sigma, eps, xi, groups, written=False):
    """B A C D E D C A B with a thermostat for each group of coordinates; `written` puts eps into the friction."""
    p, xi = np.zeros(x.size), dict.fromkeys(range(len(groups)), xi)
    while True:
        p = p - 0.5 * h * gradient(x)
        x = x + 0.5 * h * p
        for k, group in enumerate(groups):
            friction = eps * xi[k] if written else xi[k]
            p[group] *= np.exp(-0.5 * h * friction)
            p[group] += sigma * np.sqrt(0.5 * h) * draw(p[group].size)
            xi[k] += h * eps * (np.sum(p[group] ** 2) - p[group].size * tau)
            friction = eps * xi[k] if written else xi[k]
            p[group] += sigma * np.sqrt(0.5 * h) * draw(p[group].size)
            p[group] *= np.exp(-0.5 * h * friction)
        x = x + 0.5 * h * p
        p = p - 0.5 * h * gradient(x)
        yield x


def adlala(x, gradient, draw, h, tau, sigma, eps, gamma, other_tau, xi):
    """Notebook order: half a kick once, then full kicks at the end of steps, and E in two halves around O."""
    p = -0.5 * h * gradient(x)
    c = np.exp(-gamma * h)
    while True:
        x = x + 0.5 * h * p
        p[FIRST] = np.exp(-0.5 * h * xi) * p[FIRST] + sigma * np.sqrt(0.5 * h) * draw(6)
        second = draw(6)
        xi += 0.5 * h * eps * (p[FIRST] @ p[FIRST] - 6 * tau)
        p[REST] = c * p[REST] + np.sqrt(other_tau * (1.0 - c * c)) * draw(3)
        xi += 0.5 * h * eps * (p[FIRST] @ p[FIRST] - 6 * tau)
        p[FIRST] = np.exp(-0.5 * h * xi) * (p[FIRST] + sigma * np.sqrt(0.5 * h) * second)
        x = x + 0.5 * h * p
        p = p - h * gradient(x)
        yield x


def lol(x, gradient, draw, h, gamma, tau, other_tau):
    """BAOAB on the first layer, its limit of large friction on the others."""
    p = np.zeros(x.size)
    c = np.exp(-gamma * h)
    while True:
        p = p - 0.5 * h * gradient(x)
        x = x + 0.5 * h * p
        p[FIRST] = c * p[FIRST] + np.sqrt(tau * (1.0 - c * c)) * draw(6)
        p[REST] = np.sqrt(other_tau) * draw(3)
        x = x + 0.5 * h * p
        p = p - 0.5 * h * gradient(x)
        yield x


def nesterov_step(x, slope, v, h, mu):
    """Return the next point and velocity."""
    v = mu * v + slope
    return x - h * (slope + mu * v), v


def entropy_sgd(x, gradient, draw, eta, inner, n_inner, t, beta, alpha, scoping=0.0, mu=0.0, scaled=True):
    v = 0.0
    while True:
        y = mean = x
        for _ in range(n_inner):
            y = y - inner * (gradient(y) + (y - x) / t)
            if beta < np.inf:
                y = y + np.sqrt(2.0 * inner / beta) * draw(x.size)
            mean = alpha * mean + (1.0 - alpha) * y
        x, v = nesterov_step(x, (x - mean) / (t if scaled else 1.0), v, eta, mu)
        t = t / (1.0 + scoping)
        yield x


def hj(x, gradient, _draw, eta, inner, n_inner, t, scoping=0.0, mu=0.0, remark=False):
    """Section 7.2; `remark` is Remark 21, in the variable z = x - y."""
    v = 0.0
    while True:
        z = 0.0 * x
        for _ in range(n_inner):
            z = (1.0 - inner / t) * z + inner * gradient(x - z)
        x, v = nesterov_step(x, gradient(x - z) if remark else z / t, v, eta, mu)
        t = t / (1.0 + scoping)
        yield x


def fp(x, gradient, _draw, eta, n_inner, t, alpha, scoping=0.0, mu=0.0):
    v = 0.0
    while True:
        p = gradient(x)
        for _ in range(n_inner):
            p = alpha * p + (1.0 - alpha) * gradient(x - t * p)
        x, v = nesterov_step(x, p, v, eta, mu)
        t = t / (1.0 + scoping)
        yield x


def heat(x, gradient, draw, eta, n_inner, t, beta, scoping=0.0, mu=0.0):
    v = 0.0
    while True:
        slopes = [gradient(x + np.sqrt(t / beta) * draw(x.size)) for _ in range(n_inner)]
        x, v = nesterov_step(x, np.mean(slopes, axis=0), v, eta, mu)
        t = t / (1.0 + scoping)
        yield x


def elastic_sgd(x, gradient, draw, eta, n_replicas, t, n_inner, beta, center_eta=None, scoping=0.0):
    y = [x] * n_replicas
    while True:
        for i in range(n_replicas):
            for _ in range(n_inner):
                y[i] = y[i] - eta * (gradient(y[i]) + (y[i] - x) / t)
                if beta < np.inf:
                    y[i] = y[i] + np.sqrt(2.0 * eta / beta) * draw(x.size)
        mean = np.mean(y, axis=0)
        x = mean if center_eta is None else x - center_eta * (x - mean) / t
        t = t / (1.0 + scoping)
        yield x


def parle(x, gradient, _draw, eta, inner, n, n_inner, gamma, rho, alpha, mu, scoping, shortest, shortest_elastic):
    replicas, outer, own = [x] * n, [0.0] * n, [0.0] * n
    step = 0
    while True:
        g = max(gamma / (1.0 + scoping) ** step, shortest)
        r = max(rho / (1.0 + scoping) ** step, shortest_elastic)
        for a in range(n):
            y = z = replicas[a]
            for _ in range(n_inner):
                y, own[a] = nesterov_step(y, gradient(y) + (y - replicas[a]) / g, own[a], inner, mu)
                z = alpha * z + (1.0 - alpha) * y
            slope = (replicas[a] - z) + (replicas[a] - x) / r
            replicas[a], outer[a] = nesterov_step(replicas[a], slope, outer[a], eta, mu)
        x = np.mean(replicas, axis=0)
        step += 1
        yield x


def adla_with_o(x, gradient, draw, h, tau, sigma, eps, xi, written=False):
    """B A O E O A B with one thermostat, O being friction and noise at once with the friction at rest."""
    p = np.zeros(x.size)
    while True:
        p = p - 0.5 * h * gradient(x)
        x = x + 0.5 * h * p
        for turn in range(2):
            friction, t = eps * xi if written else xi, 0.5 * h
            spread = sigma * np.sqrt((1.0 - np.exp(-2.0 * friction * t)) / (2.0 * friction))
            p = np.exp(-friction * t) * p + spread * draw(x.size)
            xi += 0.0 if turn else h * eps * (p @ p - x.size * tau)
        x = x + 0.5 * h * p
        p = p - 0.5 * h * gradient(x)
        yield x
