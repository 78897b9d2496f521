"""The PyTorch optimizer does what the methods do on vectors."""

import numpy as np
import pytest
from torch_cases import DATA, NET, START, STRUCTURE, full_gradient, numpy_run, rows_of
from training_methods import CLOSURE, ONE_GRADIENT, falling

from pdeopt.networks import train
from pdeopt.optimizers import BAOAB, SGD, Adam, AdLa, AdLaLa, Momentum, Nesterov, Partition, RMSProp, Structure

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
from pdeopt.networks.torch_modules import to_torch  # noqa: E402
from pdeopt.networks.torch_operations import OPERATIONS  # noqa: E402
from pdeopt.networks.torch_optimizer import TorchOptimizer  # noqa: E402

X, Y = torch.from_numpy(DATA.x_train), torch.from_numpy(DATA.targets("logistic")[0])
LOSS = torch.nn.BCEWithLogitsLoss()


def point_of(model):
    return torch.cat([p.detach().double().ravel() for p in model.parameters()]).numpy()


def loop(model, optimizer, n_steps, rows=lambda k: slice(None)):
    """Train as in any PyTorch program, and return the point after each call of `step`, the start first."""
    points = [point_of(model)]
    for k in range(n_steps):
        optimizer.zero_grad()
        LOSS(model(X[rows(k)]), Y[rows(k)]).backward()
        optimizer.step()
        points.append(point_of(model))
    return np.array(points)


def closure_of(model, optimizer):
    def closure():
        optimizer.zero_grad()
        loss = LOSS(model(X), Y)
        loss.backward()
        return loss

    return closure


def with_closure(model, optimizer, n_steps):
    points = [point_of(model)]
    for _ in range(n_steps):
        optimizer.step(closure_of(model, optimizer))
        points.append(point_of(model))
    return np.array(points)


def close(a, b, atol=1e-12):
    np.testing.assert_allclose(a, b, rtol=0, atol=atol)


def test_the_gradient_written_out_is_that_of_torch():
    model = to_torch(NET, START)
    LOSS(model(X), Y).backward()
    close(torch.cat([p.grad.ravel() for p in model.parameters()]).numpy(), full_gradient(START), 1e-15)


@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize("name", ONE_GRADIENT)
def test_backward_and_step_give_the_points_of_method_step(name, compiled):
    model, method = to_torch(NET, START), ONE_GRADIENT[name]
    optimizer = TorchOptimizer(model.named_parameters(), method, seed=4, compiled=compiled)
    close(loop(model, optimizer, 20), numpy_run(method, 20, seed=4))


@pytest.mark.parametrize("name", {**ONE_GRADIENT, **CLOSURE})
def test_a_closure_gives_the_points_of_method_step_for_every_method(name):
    model, method = to_torch(NET, START), {**ONE_GRADIENT, **CLOSURE}[name]
    optimizer = TorchOptimizer(model.named_parameters(), method, seed=4)
    close(with_closure(model, optimizer, 12), numpy_run(method, 12, seed=4))


@pytest.mark.parametrize("name", ["adam", "adlala", "lol", "baoab", "sgld"])
def test_the_minibatches_of_train_give_its_parameters(name):
    model, method = to_torch(NET, START), ONE_GRADIENT[name]
    points = loop(model, TorchOptimizer(model.parameters(), method, seed=7), 30, lambda k: rows_of(k, 7, seed=7))
    fit = train(NET, DATA, method, n_steps=30, batch_size=7, initial=START, seed=7)
    close(points[-1], fit.parameters)


PEERS = {
    "sgd": (SGD(0.3), lambda p: torch.optim.SGD(p, lr=0.3)),
    "momentum": (Momentum(0.1, 0.8), lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.8)),
    "nesterov": (Nesterov(0.1, 0.8), lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.8, nesterov=True)),
    "rmsprop": (RMSProp(0.01, 0.9, 1e-6), lambda p: torch.optim.RMSprop(p, lr=0.01, alpha=0.9, eps=1e-6)),
    "adam": (Adam(0.01, 0.8, 0.99, 1e-7), lambda p: torch.optim.Adam(p, lr=0.01, betas=(0.8, 0.99), eps=1e-7)),
}


@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize("name", PEERS)
def test_methods_that_torch_has_too_give_its_points(name, compiled):
    method, peer = PEERS[name]
    first, second = to_torch(NET, START), to_torch(NET, START)
    ours = loop(first, TorchOptimizer(first.parameters(), method, compiled=compiled), 50)
    close(ours, loop(second, peer(second.parameters()), 50))


def layers_of(model):
    return [list(part.parameters()) for part in model if isinstance(part, torch.nn.Linear)]


def test_groups_with_methods_of_their_own_are_a_partition():
    methods = {"first": AdLa(0.2, 1e-2, 0.1), "layer2": BAOAB(0.1), "last": AdLa(0.1, 1e-3, 0.2, scope="tensor")}
    model = to_torch(NET, START)
    groups = [{"params": p, "method": m} for p, m in zip(layers_of(model), methods.values(), strict=True)]
    close(loop(model, TorchOptimizer(groups, seed=2), 20), numpy_run(Partition(methods), 20, seed=2))


def test_a_group_takes_the_method_of_all_where_it_has_none():
    first, rest, last = layers_of(model := to_torch(NET, START))
    groups = [{"params": first}, {"params": rest, "method": SGD(0.1)}, {"params": last}]
    points = loop(model, TorchOptimizer(groups, Momentum(0.2), seed=2), 10)
    close(points, numpy_run(Partition({"layer2": SGD(0.1), "rest": Momentum(0.2)}), 10, seed=2))


def test_groups_are_the_layers_of_a_method_for_all():
    first, second, third = layers_of(model := to_torch(NET, START))
    method = AdLaLa(0.2, 1e-2, 0.1)
    optimizer = TorchOptimizer([{"params": [*first, *second]}, {"params": third}], method, seed=2)
    split = NET.slices["layer3"].start
    slices = {"layer1": slice(0, split), "layer2": NET.slices["layer3"]}
    close(loop(model, optimizer, 20), numpy_run(method, 20, 2, structure=Structure(NET.n_parameters, slices)))
    assert list(optimizer.frictions) == ["layer1"]
    assert optimizer.param_groups[0]["tensors"][2] == "layer1.2.weight"


def test_layers_are_modules_or_begin_with_a_matrix():
    model = to_torch(NET, START)
    named = TorchOptimizer(model.named_parameters(), SGD()).param_groups[0]["tensors"]
    plain = TorchOptimizer(model.parameters(), SGD()).param_groups[0]["tensors"]
    assert named == plain == list(STRUCTURE.tensors)


def test_every_thermostat_is_its_own_though_groups_share_a_method():
    # Without noise, and with a loss that is a sum over groups, each group must go as it does alone.
    method = AdLa(0.2, 1e-2, 0.0, 0.5)
    curvatures = [torch.tensor([1.0, 2.0, 3.0]).double(), torch.tensor([0.1, 8.0]).double()]

    def frictions_of(which):
        params = [torch.nn.Parameter(torch.ones_like(a)) for a in which]
        optimizer = TorchOptimizer([{"params": [p], "method": method} for p in params])
        for _ in range(20):
            optimizer.zero_grad()
            sum((a * p**2).sum() for a, p in zip(which, params, strict=True)).backward()
            optimizer.step()
        return list(optimizer.frictions.values())

    together = frictions_of(curvatures)
    assert together == [frictions_of(curvatures[:1])[0], frictions_of(curvatures[1:])[0]]
    assert abs(together[0] - together[1]) > 0.01
    assert method.initial_friction == 0.1


def test_a_partition_is_not_delayed_by_what_carries_but_by_one_call():
    method = Partition({"first": BAOAB(0.2, temperature=0.0), "rest": SGD(0.1)})
    model, part = to_torch(NET, START), NET.slices["layer1"]
    points, oracle = loop(model, TorchOptimizer(model.parameters(), method), 11), numpy_run(method, 11)
    close(points[:, part], oracle[:, part])
    close(points[1:, part.stop :], oracle[:-1, part.stop :])


@pytest.mark.parametrize("name", ["adam", "adlala", "obabo"])
def test_a_closure_may_follow_steps_without_and_the_other_way_round(name):
    model, method = to_torch(NET, START), ONE_GRADIENT[name]
    optimizer = TorchOptimizer(model.parameters(), method, seed=4)
    loop(model, optimizer, 5)
    # What carries a gradient is in the middle of a step, which the first call with a closure ends.
    with_closure(model, optimizer, 4 if method.machine(STRUCTURE).carries else 3)
    close(loop(model, optimizer, 4), numpy_run(method, 12, seed=4)[8:])


def test_step_returns_the_loss_that_the_closure_returned_first():
    model = to_torch(NET, START)
    optimizer = TorchOptimizer(model.parameters(), CLOSURE["two kicks"])
    before = LOSS(model(X), Y).item()
    loss = optimizer.step(closure_of(model, optimizer))
    assert loss.item() == before
    assert loss.requires_grad
    assert LOSS(model(X), Y).item() != before


def test_single_precision_rounds_steps_that_are_double():
    start = START.astype(np.float32)
    model = to_torch(NET, start.astype(float), dtype=torch.float32)
    optimizer = TorchOptimizer(model.parameters(), ONE_GRADIENT["adlala"], seed=4)
    LOSS(model(X.float()), Y.float()).backward()
    seen = torch.cat([p.grad.ravel() for p in model.parameters()]).numpy().astype(float)
    optimizer.step()
    exact = numpy_run(ONE_GRADIENT["adlala"], 1, 4, start=start.astype(float), gradient=lambda x: seen)[-1]
    assert np.array_equal(point_of(model), exact.astype(np.float32))
    assert optimizer.state[next(model.parameters())]["momentum"].dtype == torch.float64


def test_operations_on_single_precision_are_those_of_double_to_rounding():
    model = to_torch(NET, START, dtype=torch.float32)
    optimizer = TorchOptimizer(model.parameters(), ONE_GRADIENT["adlala"], seed=4, compiled=False)
    for _ in range(10):
        optimizer.zero_grad()
        LOSS(model(X.float()), Y.float()).backward()
        optimizer.step()
    close(point_of(model), numpy_run(ONE_GRADIENT["adlala"], 10, 4)[-1], 1e-5)
    assert optimizer.state[next(model.parameters())]["momentum"].dtype == torch.float32


def test_operations_on_tensors_cover_what_methods_use():
    machines = [method.machine(STRUCTURE) for method in (ONE_GRADIENT | CLOSURE).values()]
    used = {int(code) for machine in machines for code in machine.code[:, 0]} - {0}
    assert used <= set(OPERATIONS)
    assert len(used) == len(OPERATIONS)


def test_a_graph_from_before_the_step_cannot_be_used_after_it():
    model = to_torch(NET, START)
    optimizer = TorchOptimizer(model.parameters(), SGD(0.1))
    loss = LOSS(model(X), Y)
    loss.backward(retain_graph=True)
    optimizer.step()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


def test_transposed_parameters_are_taken_in_their_logical_order():
    values = torch.arange(6.0, dtype=torch.float64).reshape(3, 2)
    p = torch.nn.Parameter(values.clone().t())
    assert not p.is_contiguous()
    optimizer = TorchOptimizer([p], Momentum(0.5))
    ((p - 1.0) ** 2).sum().backward()
    optimizer.step()
    assert torch.equal(p.detach(), torch.ones(2, 3, dtype=torch.float64))
    assert optimizer.state[p]["velocity"].shape == (2, 3)


def test_a_schedule_of_steps_is_followed():
    model = to_torch(NET, START)
    points = loop(model, TorchOptimizer(model.parameters(), SGD(falling)), 300)
    close(points, numpy_run(SGD(falling), 300))


@pytest.mark.parametrize("name", ["sgd", "adlala"])
def test_parameters_that_were_changed_between_steps_are_taken_as_they_are(name):
    model = to_torch(NET, START)
    optimizer = TorchOptimizer(model.parameters(), ONE_GRADIENT[name])
    loop(model, optimizer, 2)
    with torch.no_grad():
        for p in model.parameters():
            p.clamp_(-1e-3, 1e-3)
    before = point_of(model)
    moved = np.abs(loop(model, optimizer, 1)[-1] - before).max()
    assert 0.0 < moved < 0.5
    assert np.abs(before).max() <= 1e-3
