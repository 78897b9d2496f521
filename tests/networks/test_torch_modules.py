"""Networks and PyTorch modules are the same functions of the same parameters."""

import numpy as np
import pytest
import reference_networks as twin

from pdeopt.kernels.networks import gradients
from pdeopt.kernels.networks.layout import work_size
from pdeopt.networks import MLP

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
from torch import nn  # noqa: E402

from pdeopt.networks.torch_modules import from_torch, to_torch  # noqa: E402

LOSSES = {
    "logistic": lambda out, y: nn.BCEWithLogitsLoss(reduction="none")(out, y).sum(dim=1).mean(),
    "softmax": lambda out, y: nn.CrossEntropyLoss()(out, y[:, 0].long()),
    "squared": lambda out, y: 0.5 * ((out - y) ** 2).sum(dim=1).mean(),
}
NETS = [
    MLP(sizes, activation, loss)
    for sizes in ([2, 20, 1], [3, 5, 4, 2], [4, 3])
    for activation in ("relu", "tanh", "sigmoid", "softplus")
    for loss in LOSSES
    if sizes[-1] > 1 or loss != "softmax"
]


@pytest.mark.parametrize("net", NETS, ids=repr)
def test_the_gradient_of_the_module_is_that_of_the_network_parameter_by_parameter(net):
    parameters, x, y = twin.random_case(net.layout, 7, seed=1)
    out, work, rows = np.empty(net.n_parameters), np.empty(work_size(net.layout, 7)), np.arange(7)
    gradients.gradient(parameters, net.layout, x, y, rows, work, out)
    module = to_torch(net, parameters)
    LOSSES[net.loss_name](module(torch.from_numpy(x)), torch.from_numpy(y)).backward()
    found = torch.cat([p.grad.ravel() for p in module.parameters()]).numpy()
    np.testing.assert_allclose(found, out, rtol=0, atol=1e-14)


@pytest.mark.parametrize("net", NETS, ids=repr)
def test_there_and_back_again_gives_the_same_network(net):
    parameters = net.initial(5)
    again, values = from_torch(to_torch(net, parameters), loss=net.loss_name)
    assert np.array_equal(values, parameters)
    # A network without hidden units has no activation to tell.
    assert again == (net if len(net.sizes) > 2 else MLP(net.sizes, loss=net.loss_name))


def test_softplus_is_the_same_far_out():
    net = MLP([1, 1, 1], activation="softplus", loss="squared")
    values = to_torch(net, np.array([1.0, 0.0, 1.0, 0.0]))(
        torch.tensor([[-30.0], [19.0], [25.0], [39.0], [60.0]]).double()
    )
    exact = np.logaddexp(0.0, [-30.0, 19.0, 25.0, 39.0, 60.0])
    np.testing.assert_allclose(values.detach().numpy()[:, 0], exact, rtol=1e-15)


def test_parameters_are_copied_and_may_be_single():
    net = MLP([2, 3, 1])
    parameters = net.initial(0)
    module = to_torch(net, parameters, dtype=torch.float32)
    assert {p.dtype for p in module.parameters()} == {torch.float32}
    parameters[:] = 0.0
    assert all((p != 0.0).all() for p in module.parameters())
    assert from_torch(module)[1].dtype == np.float64


def test_a_flatten_in_front_is_left_out():
    module = nn.Sequential(nn.Flatten(), nn.Linear(6, 4), nn.Tanh(), nn.Linear(4, 3))
    net, parameters = from_torch(module)
    assert net == MLP([6, 4, 3], "tanh", "softmax")
    assert parameters.shape == (net.n_parameters,)


ERRORS = {
    "no sequence": (nn.Linear(2, 1), TypeError, "of type Linear must be a torch.nn.Sequential"),
    "no bias": (nn.Sequential(nn.Linear(2, 1, bias=False)), ValueError, r"bias=False\) stands where"),
    "sigmoid at the end": (nn.Sequential(nn.Linear(2, 1), nn.Sigmoid()), ValueError, "outputs are logits"),
    "two kinds": (
        nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1)),
        ValueError,
        r"Tanh\(\) does not fit",
    ),
    "unknown": (nn.Sequential(nn.Linear(2, 2), nn.GELU(), nn.Linear(2, 1)), ValueError, "GELU.*does not fit"),
    "steep": (nn.Sequential(nn.Linear(2, 2), nn.Softplus(2.0), nn.Linear(2, 1)), ValueError, "beta=2.*does not fit"),
    "sizes": (nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(4, 1)), ValueError, "Use in_features=3"),
    "nothing": (nn.Sequential(), ValueError, "must end with a linear layer"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_modules_of_another_form_are_refused(name):
    module, kind, words = ERRORS[name]
    with pytest.raises(kind, match=words):
        from_torch(module)


def test_a_vector_of_the_wrong_length_is_refused():
    with pytest.raises(ValueError, match=r"shape \(3,\).*shape \(13,\)"):
        to_torch(MLP([2, 3, 1]), np.zeros(3))
