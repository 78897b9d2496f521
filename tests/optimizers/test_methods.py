"""Training methods: the compiled loop against the interpreter, and the interpreter against twins written by hand."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
import reference_methods as twin
from driven_programs import driven

from pdeopt.kernels import programs
from pdeopt.kernels.random import VECTOR_CHUNK
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
    Structure,
)

STRUCTURE = Structure(twin.D, twin.SLICES)
N_STEPS = 200

LANGEVIN = {"h": 0.3, "gamma": 0.8, "tau": 0.4}
WORDS = ["BAOAB", "OBABO", "ABOBA", "OABAO", "BAO", "OBA", "BABO", "UBU", "BUB", "VAV", "AVA", "BAOAOAB"]
ADLA = {"h": 0.25, "tau": 0.3, "sigma": 0.6, "eps": 0.2, "xi": 0.1}
LAYERS, TENSORS = [twin.FIRST, twin.REST], [piece for name, piece in twin.SLICES.items() if "." in name]

CASES = {
    "sgd": (SGD(0.1), twin.sgd, {"h": 0.1}),
    "momentum": (Momentum(0.02, 0.9), twin.momentum, {"h": 0.02, "mu": 0.9}),
    "nesterov": (Nesterov(0.02, 0.9), twin.nesterov, {"h": 0.02, "mu": 0.9}),
    "rmsprop": (RMSProp(0.005, 0.95, 0.05), twin.rmsprop, {"h": 0.005, "rho": 0.95, "eps": 0.05}),
    "adam": (Adam(0.02, 0.8, 0.99, 1e-7), twin.adam, {"h": 0.02, "beta1": 0.8, "beta2": 0.99, "eps": 1e-7}),
    "sgld sqrt(2h)": (SGLD(0.05, 0.3), twin.sgld, {"h": 0.05, "size": 0.3 * np.sqrt(0.1)}),
    "sgld sqrt(h)": (SGLD(0.05, 0.3, "sigma*sqrt(h)"), twin.sgld, {"h": 0.05, "size": 0.3 * np.sqrt(0.05)}),
    "sgld sigma": (SGLD(0.05, 0.3, "sigma"), twin.sgld, {"h": 0.05, "size": 0.3}),
    **{word: (Langevin(0.3, 0.8, 0.4, word), twin.langevin, {**LANGEVIN, "word": word}) for word in WORDS},
    "the record BAOAB": (BAOAB(0.3, 0.8, 0.4), twin.langevin, {**LANGEVIN, "word": "BAOAB"}),
    "the record OBABO": (OBABO(0.3, 0.8, 0.4), twin.langevin, {**LANGEVIN, "word": "OBABO"}),
    "adla": (AdLa(0.25, 0.3, 0.6, 0.2), twin.adla, {**ADLA, "groups": LAYERS}),
    "adla by tensor": (AdLa(0.25, 0.3, 0.6, 0.2, scope="tensor"), twin.adla, {**ADLA, "groups": TENSORS}),
    "adla as one": (AdLa(0.25, 0.3, 0.6, 0.2, scope="all"), twin.adla, {**ADLA, "groups": [slice(0, twin.D)]}),
    "adla as written": (
        AdLa(0.25, 0.3, 0.6, 0.2, friction_form="eps*xi"),
        twin.adla,
        {**ADLA, "groups": LAYERS, "written": True},
    ),
    "adla with O": (AdLa(0.25, 0.3, 0.6, 0.2, scope="all", word="BAOEOAB"), twin.adla_with_o, ADLA),
    "adla with O as written": (
        AdLa(0.25, 0.3, 0.6, 0.2, scope="all", friction_form="eps*xi", word="BAOEOAB"),
        twin.adla_with_o,
        {**ADLA, "written": True},
    ),
    "adlala": (
        AdLaLa(0.25, 0.3, 0.6, 0.2, 0.7, 0.2),
        twin.adlala,
        {**ADLA, "gamma": 0.7, "other_tau": 0.2},
    ),
    "lol": (LOL(0.25, 0.6, 0.3, 0.1), twin.lol, {"h": 0.25, "gamma": 0.6, "tau": 0.3, "other_tau": 0.1}),
    "entropy-sgd": (
        EntropySGD(0.2, 0.05, 6, 0.7, 3.0, 0.6, 0.01, 0.5),
        twin.entropy_sgd,
        {"eta": 0.2, "inner": 0.05, "n_inner": 6, "t": 0.7, "beta": 3.0, "alpha": 0.6, "scoping": 0.01, "mu": 0.5},
    ),
    "entropy-sgd without noise": (
        EntropySGD(0.2, 0.05, 6, 0.7, np.inf, 0.4, scaled=False, average_of="new"),
        twin.entropy_sgd,
        {"eta": 0.2, "inner": 0.05, "n_inner": 6, "t": 0.7, "beta": np.inf, "alpha": 0.6, "scaled": False},
    ),
    "hj": (HJ(0.2, 0.1, 5, 0.4), twin.hj, {"eta": 0.2, "inner": 0.1, "n_inner": 5, "t": 0.4}),
    "hj of remark 21": (
        HJ(0.05, 0.1, 3, 0.4, 0.01, 0.6, "gradient"),
        twin.hj,
        {"eta": 0.05, "inner": 0.1, "n_inner": 3, "t": 0.4, "scoping": 0.01, "mu": 0.6, "remark": True},
    ),
    "fp": (
        FP(0.1, 4, 0.3, 0.7, 0.005, 0.3),
        twin.fp,
        {"eta": 0.1, "n_inner": 4, "t": 0.3, "alpha": 0.7, "scoping": 0.005, "mu": 0.3},
    ),
    "heat": (
        Heat(0.1, 3, 0.5, 2.0, 0.01, 0.4),
        twin.heat,
        {"eta": 0.1, "n_inner": 3, "t": 0.5, "beta": 2.0, "scoping": 0.01, "mu": 0.4},
    ),
    "elastic-sgd": (
        ElasticSGD(0.1, 3, 0.8, None, 2, 5.0),
        twin.elastic_sgd,
        {"eta": 0.1, "n_replicas": 3, "t": 0.8, "n_inner": 2, "beta": 5.0},
    ),
    "elastic-sgd with a centre of its own": (
        ElasticSGD(0.1, 2, 0.8, 0.05, scoping=0.01),
        twin.elastic_sgd,
        {"eta": 0.1, "n_replicas": 2, "t": 0.8, "n_inner": 1, "beta": np.inf, "center_eta": 0.05, "scoping": 0.01},
    ),
    "parle": (
        Parle(0.15, 0.05, 3, 4, 2.0, 0.9, 0.6, 0.7, 0.02, 0.5, 0.3),
        twin.parle,
        {
            **{"eta": 0.15, "inner": 0.05, "n": 3, "n_inner": 4, "gamma": 2.0, "rho": 0.9, "alpha": 0.6, "mu": 0.7},
            **{"scoping": 0.02, "shortest": 0.5, "shortest_elastic": 0.3},
        },
    ),
}


def length(method):
    """Return how many steps to compare: fewer where each takes many gradients."""
    return N_STEPS // min(method.machine(STRUCTURE).n_gradients, 5)


def compiled(method, n_steps=N_STEPS, run=0, x=twin.START, structure=STRUCTURE):
    """Return the registers by name and the frictions after some steps of the compiled program."""
    registers, (_, frictions), _, _ = driven(method, structure, x, n_steps, run=run)
    return registers, frictions


def interpreted(method, rng, n_steps=N_STEPS, x=twin.START, gradient=twin.force_gradient):
    """Return the points after each step, and the last state, of the method's own `step`."""
    state, points = method.init(x, STRUCTURE), []
    for _ in range(n_steps):
        x, state = method.step(gradient, x, state, rng)
        points.append(x)
    return np.array(points), state


MIXED = Partition(
    {"first": AdLa(0.25, 0.3, 0.6, 0.2), "layer2.weight": Adam(0.01), "layer2.bias": Langevin(word="UBU")}
)


@pytest.mark.parametrize("method", [case[0] for case in CASES.values()] + [MIXED], ids=[*CASES, "mixed"])
def test_the_compiled_program_does_what_its_interpreter_does(method):
    n_steps = length(method)
    registers, frictions = compiled(method, n_steps)
    points, state = interpreted(method, 5, n_steps)
    assert np.abs(registers.pop("point") - points[-1]).max() < 1e-12
    assert max((np.abs(state.vectors[name] - row).max() for name, row in registers.items()), default=0.0) < 1e-11
    assert np.allclose(list(state.frictions.values()), frictions, rtol=0.0, atol=1e-12)


@pytest.mark.parametrize("name", CASES)
def test_the_interpreter_does_what_the_papers_say(name):
    method, by_hand, settings = CASES[name]
    points, _ = interpreted(method, np.random.default_rng(3), length(method))
    expected = by_hand(twin.START, twin.force_gradient, np.random.default_rng(3).standard_normal, **settings)
    assert np.abs(points - list(islice(expected, len(points)))).max() < 1e-12


PYTORCH = {
    "sgd": [0.2050965644853661, -0.10782389703134417, -0.03551701965479538],
    "momentum": [0.1473258203630598, -0.1442071433545193, -0.1936250460659362],
    "nesterov": [0.12097516317384423, -0.0984175735320328, -0.13338494111880458],
    "rmsprop": [0.6032943349508886, -0.27311311246954867, 0.10142294118636097],
    "adam": [0.5058927899000862, -0.18586951397006407, 0.006549186587434263],
}
"""The first three parameters after ten steps of the optimizers of PyTorch 2.13 with the settings of CASES."""


@pytest.mark.parametrize("name", PYTORCH)
def test_the_common_methods_are_those_of_pytorch(name):
    points, _ = interpreted(CASES[name][0], 0, 10)
    assert points[-1][:3] == pytest.approx(PYTORCH[name], abs=1e-14)


def test_methods_of_a_partition_do_not_see_each_other_but_through_the_gradient():
    def apart(x):
        return 0.8 * x + 0.3 * x**3

    parts = {"first": AdLa(0.25, 0.3, 0.0, 0.2), "layer2.weight": Adam(0.01), "layer2.bias": Momentum(0.1)}
    for order in (list(parts), list(parts)[::-1]):
        together, state = interpreted(Partition({name: parts[name] for name in order}), 0, gradient=apart)
        for name, method in parts.items():
            piece = STRUCTURE.find(name)[0]
            alone, _ = interpreted(method, 0, gradient=apart)
            assert np.array_equal(together[:, piece], alone[:, piece])
        assert list(state.frictions) == ["layer1"]


def test_methods_that_share_a_layer_do_not_share_its_thermostat():
    def apart(x):
        return 0.8 * x + 0.3 * x**3

    each = {"weights": AdLa(0.25, 0.3, 0.0, 0.2, 0.5), "biases": AdLa(0.2, 0.1, 0.0, 0.4, -0.1)}
    _, together = interpreted(Partition(each), 0, gradient=apart)
    assert len(together.frictions) == 4
    for part, method in each.items():
        _, alone = interpreted(replace(method, scope="tensor"), 0, gradient=apart)
        tensor = {"weights": "weight", "biases": "bias"}[part]
        for layer in ("layer1", "layer2"):
            assert together.frictions[f"{part} of {layer}"] == alone.frictions[f"{layer}.{tensor}"]


@pytest.mark.parametrize("method", [case[0] for case in CASES.values()] + [MIXED], ids=[*CASES, "mixed"])
def test_no_two_instructions_of_a_step_use_the_same_words(method):
    vectors, used = {programs.NOISE: 1, programs.RELAX: 1, programs.FLIGHT: 2}, []
    for row in method.machine(STRUCTURE).code:
        half = 4 * -(-(row[programs.STOP] - row[programs.START]) // 8)
        used += range(row[programs.BLOCK], row[programs.BLOCK] + half * vectors.get(row[programs.OPERATION], 0))
    assert len(used) == len(set(used))


def test_runs_of_one_seed_differ_and_each_can_be_had_alone():
    points = [compiled(BAOAB(0.3, 0.8, 0.4), run=run)[0]["point"] for run in (0, 1, 1)]
    assert not np.allclose(points[0], points[1])
    assert np.array_equal(points[1], points[2])


@pytest.mark.parametrize("method", [AdLaLa(), LOL(temperature=0.1), Langevin(word="UBU")])
def test_a_long_vector_is_drawn_in_pieces_that_share_no_numbers(method):
    n = 2 * VECTOR_CHUNK + 70
    structure = Structure(n, {"layer1": slice(0, n - 65), "layer2": slice(n - 65, n)})
    x = np.linspace(-1.0, 1.0, n)
    registers, _ = compiled(method, 3, x=x, structure=structure)
    state = method.init(x, structure)
    for _ in range(3):
        x, state = method.step(twin.force_gradient, x, state, 5)
    assert np.abs(registers["point"] - x).max() < 1e-13

    assert np.unique(registers["momentum"]).size == n
