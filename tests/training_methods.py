"""Training methods: their records, and settings for tests that run all of them."""

from pdeopt.optimizers import (
    BAOAB,
    FP,
    HJ,
    LOL,
    OBABO,
    SGD,
    SGLD,
    Adam,
    AdLa,
    AdLaLa,
    ElasticSGD,
    EntropySGD,
    Heat,
    Langevin,
    Momentum,
    Nesterov,
    Parle,
    Partition,
    RMSProp,
)

KINDS = (
    *(SGD, Momentum, Nesterov, RMSProp, Adam, SGLD, Langevin, BAOAB, OBABO, AdLa, AdLaLa, LOL),
    *(EntropySGD, HJ, FP, Heat, ElasticSGD, Parle),
)
"""Every record but `Partition`."""

ALL = [
    *(SGD(0.3), Momentum(0.1), Nesterov(0.1), RMSProp(0.01), Adam(0.02), SGLD(0.3, 1e-6)),
    *(Langevin(0.2, 1.0, 1e-5), BAOAB(0.2, 1.0, 1e-5), OBABO(0.2, 1.0, 1e-5), AdLa(), AdLaLa(), LOL()),
    *(EntropySGD(), ElasticSGD(), Parle(), Heat(), HJ(), FP()),
    Partition({"first": SGD(0.1), "last": Adam(0.01), "rest": Momentum(0.1)}),
    Partition({"block2": Adam(0.02), "lift": SGD(0.1), "readout.bias": SGD(0.3), "rest": SGD(0.3)}),
]
"""Settings that lower the loss of a residual network, partitions by its layers among them."""


def falling(steps):
    """Return a step size that halves every 8 steps."""
    return 0.2 * 0.5 ** (steps / 8.0)


ONE_GRADIENT = {
    "sgd": SGD(0.3),
    "sgd, schedule": SGD(falling),
    "momentum": Momentum(0.1, 0.8),
    "nesterov": Nesterov(0.1, 0.8),
    "rmsprop": RMSProp(0.01),
    "adam": Adam(0.01),
    "sgld": SGLD(0.1, 0.1),
    "baoab": BAOAB(0.2, 0.5, 1e-2),
    "baoab, schedule": BAOAB(falling, 0.5, 1e-2),
    "obabo": OBABO(0.2, 0.5, 1e-2),
    "buab": Langevin(0.2, 0.5, 1e-2, word="BUB"),
    "bva": Langevin(0.2, 0.5, 1e-2, word="VAV"),
    "baoa": Langevin(0.2, 0.5, 1e-2, word="BAOA"),
    "adla": AdLa(0.2, 1e-2, 0.1),
    "adla, tensors": AdLa(0.2, 1e-2, 0.1, scope="tensor"),
    "adla, O": AdLa(0.2, 1e-2, 0.1, word="BAOEOAB", friction_form="eps*xi"),
    "adlala": AdLaLa(0.2, 1e-2, 0.1),
    "lol": LOL(0.2, 0.1, 1e-2, 1e-3),
    "partition": Partition({"layer2": AdLa(0.2, 1e-2, 0.1), "rest": BAOAB(0.1)}),
}
"""Methods for which backward and step are enough, and whose tensors all move in the same calls."""

CLOSURE = {
    "aboba": Langevin(0.2, 0.5, 1e-2, word="ABOBA"),
    "two kicks": Langevin(0.2, 0.5, 1e-2, word="BABAOABAB"),
    "mixed": Partition({"first": AdLa(0.2, 1e-2, 0.1), "layer2": SGD(0.1), "rest": Adam(0.01)}),
    "entropy-sgd": EntropySGD(0.2, 0.1, n_inner=5, beta=1e3, scoping=0.1, momentum=0.5),
    "hj": HJ(0.2, 0.1, n_inner=3),
    "fp": FP(0.2, n_inner=3),
    "heat": Heat(0.2, n_inner=3, beta=1e3),
    "elastic-sgd": ElasticSGD(0.1, n_replicas=2),
    "parle": Parle(0.1, 0.1, n_replicas=2, n_inner=2),
}
"""Others: several gradients a step, or tensors that move in different calls."""
