"""The PyTorch optimizer is saved, copied, scheduled, extended and refuses what it cannot do."""

import copy
import io
import pickle

import numpy as np
import pytest
from torch_cases import DATA, NET, START, numpy_run
from training_methods import CLOSURE, ONE_GRADIENT

from pdeopt.optimizers import BAOAB, OBABO, SGD, Adam, AdLa, AdLaLa, Momentum, Partition

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
from pdeopt.networks.torch_modules import to_torch  # noqa: E402
from pdeopt.networks.torch_optimizer import TorchOptimizer  # noqa: E402

X, Y = torch.from_numpy(DATA.x_train), torch.from_numpy(DATA.targets("logistic")[0])
LOSS = torch.nn.BCEWithLogitsLoss()


def point_of(model):
    return torch.cat([p.detach().double().ravel() for p in model.parameters()]).numpy()


def go_on(model, optimizer, n_steps, each=lambda: None):
    points = [point_of(model)]
    kind = next(model.parameters()).dtype
    for _ in range(n_steps):
        optimizer.zero_grad()
        LOSS(model(X.to(kind)), Y.to(kind)).backward()
        optimizer.step()
        points.append(point_of(model))
        each()
    return np.array(points)


def layers_of(model):
    return [list(part.parameters()) for part in model if isinstance(part, torch.nn.Linear)]


def groups_of(model):
    first, second, third = layers_of(model)
    one, two = AdLa(0.2, 1e-2, 0.1), Adam(lambda steps: 0.01 / (steps + 1.0))
    return [{"params": first, "method": one}, {"params": second, "lr": 0.05}, {"params": third, "method": two}]


MAKERS = {
    "adam": lambda model, seed: TorchOptimizer(model.parameters(), Adam(0.01), seed=seed),
    "adlala": lambda model, seed: TorchOptimizer(model.parameters(), AdLaLa(0.2, 1e-2, 0.1), seed=seed),
    "groups": lambda model, seed: TorchOptimizer(groups_of(model), OBABO(0.1), seed=seed),
    "tensors": lambda model, seed: TorchOptimizer(model.parameters(), AdLaLa(0.2, 1e-2), seed=seed, compiled=False),
}


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("name", MAKERS)
def test_a_saved_state_goes_on_with_the_same_bits(name, dtype):
    model = to_torch(NET, START, dtype=dtype)
    optimizer = MAKERS[name](model, 5)
    go_on(model, optimizer, 6)
    file = io.BytesIO()
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict()}, file)
    expected = go_on(model, optimizer, 6)
    file.seek(0)
    saved = torch.load(file, weights_only=True)
    other = to_torch(NET, np.zeros(NET.n_parameters), dtype=dtype)
    other.load_state_dict(saved["model"])
    again = MAKERS[name](other, 99)
    again.load_state_dict(saved["optimizer"])
    assert np.array_equal(go_on(other, again, 6), expected)
    assert again.frictions == optimizer.frictions
    assert again.n_steps == optimizer.n_steps
    assert again.seed == 5


def test_a_saved_state_does_not_change_when_training_goes_on():
    model = to_torch(NET, START)
    optimizer = TorchOptimizer(model.parameters(), AdLaLa(0.2, 1e-2, 0.1))
    go_on(model, optimizer, 3)
    saved = optimizer.state_dict()
    kept = copy.deepcopy(saved)
    go_on(model, optimizer, 3)
    assert saved["pdeopt"] == kept["pdeopt"] != optimizer.state_dict()["pdeopt"]
    for number, registers in saved["state"].items():
        assert all(torch.equal(value, kept["state"][number][name]) for name, value in registers.items())


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda pair: pickle.loads(pickle.dumps(pair))])
def test_a_copy_of_model_and_optimizer_goes_its_own_way_with_the_same_bits(copied):
    model = to_torch(NET, START)
    optimizer = TorchOptimizer(model.parameters(), AdLaLa(0.2, 1e-2, 0.1), seed=5)
    go_on(model, optimizer, 4)
    other, again = copied((model, optimizer))
    expected = go_on(model, optimizer, 4)
    assert np.array_equal(go_on(other, again, 4), expected)


def test_a_scheduler_of_torch_does_to_sgd_what_it_does_to_that_of_torch():
    points = []
    for make in (lambda p: TorchOptimizer(p, SGD(0.5)), lambda p: torch.optim.SGD(p, lr=0.5)):
        model = to_torch(NET, START)
        optimizer = make(model.parameters())
        scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=12)
        points.append(go_on(model, optimizer, 14, scheduler.step))
    np.testing.assert_allclose(*points, rtol=0, atol=1e-12)
    assert np.abs(np.diff(points[0][-3:-1], axis=0)).max() < 1e-90


@pytest.mark.parametrize("method", [BAOAB, OBABO, AdLa])
def test_a_scheduler_called_after_each_step_is_a_schedule_of_the_steps(method):
    model = to_torch(NET, START)
    optimizer = TorchOptimizer(model.parameters(), method(0.2, temperature=1e-2), seed=3)
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.9)
    points = go_on(model, optimizer, 12, scheduler.step)
    same = method(lambda steps: 0.2 * 0.9**steps, temperature=1e-2)
    np.testing.assert_allclose(points, numpy_run(same, 12, seed=3), rtol=0, atol=1e-12)


def test_a_scheduled_run_goes_on_with_the_same_bits():
    def scheduled(model):
        optimizer = TorchOptimizer(model.parameters(), BAOAB(0.2, temperature=1e-2), seed=3)
        return optimizer, torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.7)

    model, other = to_torch(NET, START), to_torch(NET, START)
    optimizer, scheduler = scheduled(model)
    go_on(model, optimizer, 3, scheduler.step)
    saved = copy.deepcopy([model.state_dict(), optimizer.state_dict(), scheduler.state_dict()])
    expected = go_on(model, optimizer, 3, scheduler.step)
    again, schedule = scheduled(other)
    for one, state in zip((other, again, schedule), saved, strict=True):
        one.load_state_dict(state)
    assert np.array_equal(go_on(other, again, 3, schedule.step), expected)


def test_a_learning_rate_is_a_factor_for_schedules_and_partitions():
    slow = Partition({"first": SGD(lambda steps: 0.1 / (steps + 1.0)), "rest": Momentum(0.05)})
    fast = Partition({"first": SGD(lambda steps: 0.3 / (steps + 1.0)), "rest": Momentum(0.15)})
    model = to_torch(NET, START)
    optimizer = TorchOptimizer([{"params": model.parameters(), "lr": 3.0}], slow)
    np.testing.assert_allclose(go_on(model, optimizer, 6), numpy_run(fast, 6), rtol=0, atol=1e-12)


def test_groups_may_have_learning_rates_of_their_own():
    points = []
    for make in (lambda groups: TorchOptimizer(groups, Momentum(0.1)), lambda g: torch.optim.SGD(g, 0.1, 0.9)):
        model = to_torch(NET, START)
        first, second, third = layers_of(model)
        groups = [{"params": first, "lr": 0.3}, {"params": second}, {"params": third, "lr": 0.02}]
        points.append(go_on(model, make(groups), 10))
    np.testing.assert_allclose(*points, rtol=0, atol=1e-12)


def alternating(model, optimizer):
    """Train with layers that are frozen now and then, as in fine-tuning."""
    points = []
    for k in range(12):
        optimizer.zero_grad()
        for i, layer in enumerate(layers_of(model)):
            for p in layer:
                p.requires_grad_(not (i == 0 and k < 4) and not (i == 2 and k % 2))
        LOSS(model(X), Y).backward()
        optimizer.step()
        points.append(point_of(model))
    return np.array(points)


@pytest.mark.parametrize(
    ("method", "peer"),
    [
        (Adam(0.01), lambda p: torch.optim.Adam(p, lr=0.01)),
        (Momentum(0.1), lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9)),
    ],
)
def test_parameters_without_gradient_sit_out_and_count_their_own_steps_as_in_torch(method, peer):
    first, second = to_torch(NET, START), to_torch(NET, START)
    ours = alternating(first, TorchOptimizer(first.parameters(), method))
    np.testing.assert_allclose(ours, alternating(second, peer(second.parameters())), rtol=0, atol=1e-12)


def test_a_layer_without_gradient_keeps_its_bits_though_others_have_noise():
    model = to_torch(NET, START)
    points = alternating(model, TorchOptimizer(model.parameters(), AdLaLa(0.2, 1e-2, 0.1)))
    part = NET.slices["layer1"]
    assert np.array_equal(points[3][part], START[part])
    assert (points[4][part] != START[part]).all()
    assert np.isfinite(points).all()


@pytest.mark.parametrize(
    ("method", "peer"),
    [
        (Adam(0.01), lambda p: torch.optim.Adam(p, lr=0.01)),
        (Momentum(0.1), lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9)),
    ],
)
def test_a_group_added_on_the_way_begins_there_as_in_torch(method, peer):
    points = []
    for make in (lambda p: TorchOptimizer(p, method), peer):
        model = to_torch(NET, START)
        first, second, third = layers_of(model)
        optimizer = make([*second, *third])
        seen = go_on(model, optimizer, 5)
        optimizer.add_param_group({"params": first, "lr": 0.02})
        points.append(np.concatenate([seen, go_on(model, optimizer, 5)]))
    np.testing.assert_allclose(*points, rtol=0, atol=1e-12)


@pytest.mark.parametrize("method", [BAOAB(0.2, temperature=0.0), AdLa(0.2, 1e-2, 0.0), Adam(0.1)])
def test_a_group_added_on_the_way_goes_as_it_would_alone(method):
    first, second = (torch.nn.Parameter(torch.tensor([1.0, a]).double()) for a in (2.0, -3.0))
    lone = torch.nn.Parameter(second.detach().clone())

    def descend(optimizer, *params):
        optimizer.zero_grad()
        sum((p**4).sum() for p in params).backward()
        optimizer.step()

    optimizer, alone = TorchOptimizer([first], SGD(0.01)), TorchOptimizer([lone], method)
    for k in range(9):
        if k == 3:
            optimizer.add_param_group({"params": [second], "method": method})
        descend(optimizer, first, second)
        if k >= 3:
            descend(alone, lone)
            np.testing.assert_allclose(second.detach(), lone.detach(), rtol=0, atol=1e-14)
    assert optimizer.frictions.get("group1.layer1") == alone.frictions.get("layer1")


def test_a_group_without_a_method_added_on_the_way_is_one_more_layer():
    first, second, third = layers_of(to_torch(NET, START))
    optimizer = TorchOptimizer([*first, *second], AdLa())
    optimizer.add_param_group({"params": third})
    assert optimizer.param_groups[1]["tensors"] == ["layer3.weight", "layer3.bias"]
    assert list(optimizer.frictions) == ["layer1", "layer2", "layer3"]


def adam(model):
    return TorchOptimizer(model.parameters(), Adam())


def embedding():
    table = torch.nn.Embedding(4, 2, sparse=True, dtype=torch.float64)
    optimizer = TorchOptimizer(table.parameters(), SGD())
    table(torch.tensor([1])).sum().backward()
    optimizer.step()


def fall(p):
    optimizer = TorchOptimizer([p], SGD(1e200))
    for _ in range(3):
        optimizer.zero_grad()
        (p**4).sum().backward()
        optimizer.step()


def ones(**kind):
    return torch.nn.Parameter(torch.ones(2, **kind))


def load(saved_by, into):
    into(to_torch(NET, START)).load_state_dict(saved_by(to_torch(NET, START)).state_dict())


def new_model():
    return to_torch(NET, START)


ERRORS = {
    "no method": (lambda: TorchOptimizer(new_model().parameters()), TypeError, r"method=None of group 0.*AdLaLa\(\)"),
    "no record": (lambda: TorchOptimizer(new_model().parameters(), "adam"), TypeError, "'adam'.*no training method"),
    "nothing": (lambda: TorchOptimizer([], SGD()), ValueError, "empty parameter list"),
    "half": (lambda: adam(new_model().half()), TypeError, r"parameter 0 of group 0 is torch.float16.*model.double"),
    "complex": (lambda: TorchOptimizer([ones(dtype=torch.complex128)], SGD()), TypeError, "complex128"),
    "sparse": (embedding, ValueError, "gradient of layer1.weight has layout torch.sparse_coo.*sparse=False"),
    "part": (
        lambda: TorchOptimizer(new_model().parameters(), Partition({"layer9": SGD()})).frictions,
        ValueError,
        "part='layer9' is not a part.*layer3.bias",
    ),
    "closure": (
        lambda: TorchOptimizer(new_model().parameters(), CLOSURE["aboba"]).step(),
        RuntimeError,
        r"word=ABOBA.* moves first.*step\(closure\)",
    ),
    "rate": (
        lambda: TorchOptimizer([{"params": new_model().parameters(), "lr": -1.0}], SGD()),
        ValueError,
        "step_size=-1.0 must be positive",
    ),
    "blow-up": (
        lambda: fall(ones(dtype=torch.float64)),
        FloatingPointError,
        "step 1 made layer1.weight infinite.*smaller step size",
    ),
    "other method": (lambda: load(adam, MAKERS_OF["sgd"]), ValueError, "is from Adam.*this optimizer has SGD"),
    "other state": (
        lambda: load(lambda model: torch.optim.SGD(model.parameters(), lr=0.1), adam),
        ValueError,
        "not from a TorchOptimizer",
    ),
    "other groups": (
        lambda: load(adam, lambda model: TorchOptimizer(list(model.parameters())[:2], Adam())),
        ValueError,
        "other groups",
    ),
    "names": (lambda: TorchOptimizer([("a", ones()), ("a", ones())], SGD()), ValueError, "'a'.*named_parameters"),
    "meta": (lambda: TorchOptimizer([ones(device="meta")], SGD(), compiled=True), ValueError, "is on meta"),
    "devices": (lambda: TorchOptimizer([ones(), ones(device="meta")], SGD()), ValueError, "is on meta, another"),
}
MAKERS_OF = {"sgd": lambda model: TorchOptimizer(model.parameters(), SGD())}


@pytest.mark.parametrize("name", ERRORS)
def test_errors_name_what_is_wrong_and_what_works(name):
    call, kind, words = ERRORS[name]
    with pytest.raises(kind, match=words):
        call()


def test_shapes_of_a_saved_state_must_fit():
    saved = TorchOptimizer([ones()], Adam()).state_dict()
    with pytest.raises(ValueError, match=r"shape \(2,\) for parameter 0, which has shape \(3,\)"):
        TorchOptimizer([torch.nn.Parameter(torch.ones(3))], Adam()).load_state_dict(saved)


def test_a_group_that_does_not_fit_is_not_added():
    model = to_torch(NET, START)
    optimizer = TorchOptimizer(model.parameters(), ONE_GRADIENT["adlala"])
    with pytest.raises(TypeError, match="int32"):
        optimizer.add_param_group({"params": [torch.ones(2, dtype=torch.int32)]})
    assert len(optimizer.param_groups) == 1
    assert np.isfinite(go_on(model, optimizer, 2)).all()


def test_parameters_are_finite_after_a_blow_up():
    p = ones(dtype=torch.float64)
    with pytest.raises(FloatingPointError):
        fall(p)
    assert torch.isfinite(p).all()
    assert (p != 1.0).all()
