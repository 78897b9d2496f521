"""Records of schemes: what they say is what their steps do."""

import numpy as np
import pytest
from random_equations import IN_THE_PLANE, MANY, ON_A_LINE, drift, facts, filled, flat, for_scheme, many_gradient

import pdeopt
from pdeopt import SDE, sde
from pdeopt.kernels._specialise import compiled
from pdeopt.kernels.lanes import n_numbers

SYSTEMS = {f"{name} on a line": system for name, system in ON_A_LINE.items()}
SYSTEMS |= {f"{name} in the plane": system for name, system in IN_THE_PLANE.items()}
PAIRS = [
    (name, system)
    for system in SYSTEMS
    for name in sde.SCHEMES
    if for_scheme(sde.get(name), SYSTEMS[system]) is not None
]
COMPILED = [(name, "general in the plane") for name in ("milstein", "ri6")]
COMPILED += [(name, "diagonal in the plane") for name in ("drift-implicit-euler", "sriw1-random-sign", "tamed-euler")]
COMPILED += [(name, "landscape in the plane") for name in ("leimkuhler-matthews", "mala", "implicit-midpoint")]
COMPILED += [("milstein", "diagonal on a line"), ("milstein", "commutative in the plane")]
COMPILED += [("sra1", "rows that are constant in the plane"), ("heun", "rows that are constant in the plane")]
T, H = 0.3, 0.01


def stepped(stepper, args, wrap):
    """Return the state after a step from a random point, with the functions wrapped."""
    rng = np.random.default_rng(8)
    point, xi = filled(stepper.point, rng), filled(stepper.xi, rng)
    if stepper.draws[-1] == "uniform":
        xi = (*xi[:-1], 0.4)
    state = wrap(stepper.begin)(T, point, args)
    return flat(wrap(stepper.step)(T, state, H, xi, wrap(stepper.prepare)(H, args)))


@pytest.mark.parametrize(("name", "key"), COMPILED)
def test_a_compiled_step_gives_what_plain_python_gives(name, key):
    scheme = sde.get(name)
    system = for_scheme(scheme, SYSTEMS[key])
    stepper = scheme.stepper(system)
    plain = stepped(stepper, system.args, lambda function: function)
    # Newton's differences magnify the last bit of the drift.
    tolerance = 1e-14 if "implicit" in name else 1e-15
    np.testing.assert_allclose(stepped(stepper, system.args, compiled), plain, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(("name", "key"), PAIRS)
def test_the_draws_and_the_state_fit_their_layouts(name, key):
    scheme = sde.get(name)
    system = for_scheme(scheme, SYSTEMS[key])
    stepper = scheme.stepper(system)
    assert n_numbers(stepper.xi) == len(stepper.draws)
    assert n_numbers(stepper.point) == system.dim
    assert len(stepped(stepper, system.args, lambda function: function)) == n_numbers(stepper.state)


def counted(system):
    """Replace the compiled coefficients of a system by functions that count their calls."""
    calls = {"drift": 0, "diffusion": 0}

    def counting(name, function):
        def call(*arguments):
            calls[name] += 1
            return function(*arguments)

        return call

    jacobian = system.compiled_jacobian if system.noise != "additive" else None
    system.__dict__["compiled_drift"] = counting("drift", system.compiled_drift)
    system.__dict__["compiled_diffusion"] = counting("diffusion", system.compiled_diffusion)
    system.__dict__["compiled_jacobian"] = jacobian
    return calls


@pytest.mark.parametrize(("name", "key"), [pair for pair in PAIRS if "landscape" not in pair[1]])
def test_the_stated_evaluations_are_those_of_a_step(name, key):
    scheme = sde.get(name)
    given = for_scheme(scheme, SYSTEMS[key])
    jacobian = given.diffusion_jacobian
    system = SDE(*facts(given), given.interpretation, given.args, diffusion_jacobian=jacobian)
    calls = counted(system)
    stepped(scheme.stepper(system), system.args, lambda function: function)
    assert (calls["drift"], calls["diffusion"]) == scheme.evaluations_for(system)


@pytest.mark.parametrize("name", ["leimkuhler-matthews", "mala"])
def test_schemes_of_a_landscape_take_one_gradient_a_step(name):
    system = pdeopt.overdamped_langevin(pdeopt.landscapes.get("double_well"), 2.0)
    gradient, calls = system.gradient, []
    system.__dict__["gradient"] = lambda *arguments: calls.append(0) or gradient(*arguments)
    stepper = sde.get(name).stepper(system)
    state = stepper.begin(0.0, 0.5, system.args)
    calls.clear()
    xi = (0.3, 0.5) if name == "mala" else 0.3
    stepper.step(0.0, state, H, xi, stepper.prepare(H, system.args))
    assert (len(calls), 0) == sde.get(name).evaluations


def decay(t, x):
    return x * (1.0 - x)


def silence(t, x):
    return 0.0


ORDERS_WITHOUT_NOISE = {
    "euler-maruyama": 1,
    "tamed-euler": 1,
    "drift-implicit-euler": 1,
    "implicit-midpoint": 2,
    "milstein": 1,
    "derivative-free-milstein": 1,
    "heun": 2,
    "euler-heun": 1,
    "sra1": 2,
    "sriw1": 2,
    "sriw1-random-sign": 2,
    "ri6": 2,
}


@pytest.mark.parametrize("name", ORDERS_WITHOUT_NOISE)
def test_the_order_without_noise(name):
    stepper = sde.get(name).stepper(SDE(decay, silence, "additive"))
    xi = filled(stepper.xi, np.random.default_rng(0))

    def error(n_steps):
        x, h = 0.2, 1.0 / n_steps
        for n in range(n_steps):
            x = stepper.step(n * h, x, h, xi, ())
        return abs(x - 1.0 / (1.0 + 4.0 * np.exp(-1.0)))

    assert np.log2(error(64) / error(128)) == pytest.approx(ORDERS_WITHOUT_NOISE[name], abs=0.05)


@pytest.mark.parametrize(
    "name", ["euler-maruyama", "tamed-euler", "heun", "euler-heun", "sra1", "weak-euler-two-point"]
)
def test_many_equal_components_are_one_component_each(name):
    def many_drift(t, x, out):
        for i in range(x.size):
            out[i] = np.sin(x[i]) + 0.5 * np.cos(2.0 * x[i])

    def many_noise(t, x, out):
        out[:] = 0.9

    scheme, d = sde.get(name), 12
    many, one = scheme.stepper(SDE(many_drift, many_noise, "additive", dim=d)), scheme.stepper(ON_A_LINE["additive"])
    assert many.in_place
    assert (many.point, many.state, many.xi) == (d, d, len(many.draws)) == (d, d, d * len(one.draws))
    assert many.draws == one.draws * d
    start, xi = np.linspace(-1.0, 1.0, d), np.random.default_rng(3).normal(size=many.xi)
    state, work = start.copy(), np.zeros(many.n_work)
    many.begin(T, state, (), work)
    many.step(T, state, H, xi, many.prepare(H, ()), work)
    if name == "tamed-euler":
        # Its norm is that of all components: as if one had the drift of all.
        b = np.sin(start) + 0.5 * np.cos(2.0 * start)
        expected = start + H * b / (1.0 + H * np.linalg.norm(b)) + np.sqrt(H) * 0.9 * xi
    else:
        pairs = xi.reshape(d, -1).tolist()
        expected = [one.step(T, x, H, tuple(z) if len(z) > 1 else z[0], ()) for x, z in zip(start, pairs, strict=True)]
    np.testing.assert_allclose(state, expected, rtol=2e-15)


@pytest.mark.parametrize("name", ["leimkuhler-matthews", "mala"])
def test_landscapes_of_many_coordinates_step_in_place(name):
    stepper = sde.get(name).stepper(MANY)
    state, work = np.zeros(stepper.state), np.zeros(stepper.n_work)
    start = np.linspace(0.5, 1.0, 10)
    state[:10] = start
    stepper.begin(0.0, state, MANY.args, work)
    xi = np.append(np.full(10, 0.1), 0.5)[: stepper.xi]
    stepper.step(0.0, state, 1e-4, xi, stepper.prepare(1e-4, MANY.args), work)
    # Leimkuhler and Matthews' first step has half the noise; beta is 2.
    share = 1.0 if name == "mala" else 0.5
    np.testing.assert_allclose(state[:10], start - 1e-4 * many_gradient(start) + share * 1e-3, rtol=1e-14)


def test_names_are_unique_and_found_again():
    assert all(sde.get(name).name == name for name in sde.SCHEMES)
    assert sde.get("Euler_Maruyama") == sde.EulerMaruyama()


def test_discrete_increments_claim_no_strong_order():
    assert sde.EulerMaruyama("two-point").orders["general"].strong is None
    assert sde.EulerMaruyama().orders["general"].strong == 0.5


STRATONOVICH = SDE(drift, lambda t, x: 0.5 * x, interpretation="stratonovich")


@pytest.mark.parametrize(
    ("scheme", "system", "message", "cure"),
    [
        (sde.SRA1(), ON_A_LINE["diagonal"], "takes additive noise.*'euler-maruyama'", "euler-maruyama"),
        (sde.SRIW1(), IN_THE_PLANE["general"], "additive or scalar or diagonal noise", "euler-maruyama"),
        (sde.ImplicitMidpoint(), STRATONOVICH, "Use method='heun'", "heun"),
    ],
)
def test_the_wrong_noise_is_refused_with_a_scheme_that_works(scheme, system, message, cure):
    with pytest.raises(ValueError, match=message):
        scheme.stepper(system)
    sde.get(cure).stepper(system)


def test_the_wrong_interpretation_is_refused_with_a_conversion_that_works():
    with pytest.raises(ValueError, match=r"solves ito equations.*Use system.as_ito"):
        sde.RI6().stepper(STRATONOVICH)
    sde.RI6().stepper(STRATONOVICH.as_ito())


def test_too_many_components_are_refused_with_a_scheme_that_works():
    with pytest.raises(ValueError, match=r"works up to dim=8; this system has dim=10. Use method='euler-maruyama'"):
        sde.RI6().stepper(MANY)
    assert sde.get("euler-maruyama").stepper(MANY).in_place


@pytest.mark.parametrize("name", ["leimkuhler-matthews", "mala"])
def test_schemes_of_a_landscape_say_how_to_give_one(name):
    with pytest.raises(TypeError, match=r"Make it by pdeopt.overdamped_langevin"):
        sde.get(name).stepper(ON_A_LINE["additive"])


def test_mala_at_temperature_zero_is_refused_with_a_scheme_that_works():
    system = pdeopt.overdamped_langevin(pdeopt.landscapes.get("double_well"), np.inf)
    with pytest.raises(ValueError, match=r"beta=inf.*Use method='euler-maruyama'"):
        sde.MALA().stepper(system)
    sde.get("euler-maruyama").stepper(system)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: sde.EulerMaruyama("normal"), "increments='normal'.*'gaussian'"),
        (lambda: sde.Milstein(levy_terms=0), "levy_terms=0.*levy_terms=8"),
        (lambda: sde.DriftImplicitEuler(iterations=0), "iterations=0.*iterations=3"),
    ],
)
def test_fields_out_of_range_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


STRATONOVICH = SDE(drift, lambda t, x: x, interpretation="stratonovich")


@pytest.mark.parametrize("method", ["baoab", "gjf", "badodab"])
@pytest.mark.parametrize("system", [ON_A_LINE["additive"], STRATONOVICH], ids=["ito", "stratonovich"])
def test_schemes_of_langevin_dynamics_refuse_others_with_a_scheme_that_takes_them(method, system):
    with pytest.raises(TypeError, match=r"steps .*Langevin dynamics") as caught:
        sde.get(method).stepper(system)
    sde.get(str(caught.value).split("'")[-2]).stepper(system)
