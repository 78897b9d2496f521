"""The two sweeps of training as control: values back from the losses, masses forward from the points."""

from typing import NamedTuple

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.networks.branch_terms import Gradient, add_to
from pdeopt.networks.control_losses import Readout, TerminalLoss
from pdeopt.networks.control_steps import block_steps
from pdeopt.networks.interpolation import SURE, Interpolation
from pdeopt.networks.outcomes import Outcomes
from pdeopt.networks.resnet import ResNet

__all__ = ["Passed", "Plan", "backward", "flattened", "gathered", "passed", "plan_of"]

Views = dict[str, FloatArray]


class Plan(NamedTuple):
    """A network with given weights: where points begin, the steps of each block, and how logits are read out."""

    views: Views
    steps: list[list[Outcomes]]
    readout: Readout

    def states(self, x: FloatArray) -> FloatArray:
        """Return the states of points before the first block, shape (n, d)."""
        weight, bias = self.views.get("lift.weight"), self.views.get("lift.bias")
        found = x if weight is None else x @ weight.T
        return found if bias is None else found + bias


def plan_of(net: ResNet, parameters: FloatArray, picture: str, substeps: int) -> Plan:
    """Return a network with given weights in a picture."""
    views = net.views(parameters)
    steps = [block_steps(layer, k, picture, substeps) for k, layer in enumerate(net.layers(parameters))]
    return Plan(views, steps, Readout(views.get("readout.weight"), views.get("readout.bias")))


def backward(place: Interpolation, steps: list[list[Outcomes]], last: FloatArray) -> list[list[FloatArray]]:
    """Return the fields before every step of every block, and as a block of its own the last, given one."""
    fields = [[last]]
    for block in reversed(steps):
        found = [fields[-1][0]]
        for step in reversed(block):
            place.check_room(len(step.weights))
            means = place.average(found[-1], step.positions(place.nodes), step.weights)
            found.append(means.reshape(last.shape))
        fields.append(found[:0:-1])
    return fields[::-1]


class Passed(NamedTuple):
    """Masses before every block and at the end, derivatives by the weights of each block, and what left the grid."""

    masses: FloatArray
    gradients: list[Gradient]
    leaving: float


def passed(
    place: Interpolation, plan: Plan, loss: TerminalLoss, x: FloatArray, fields: list[list[FloatArray]]
) -> Passed:
    """Carry the masses of points through all blocks, and see how the loss changes with the weights of each."""
    masses, gradients, leaving = [place.spread(loss.coefficients / len(x), plan.states(x)[None], SURE)], [], 0.0
    for block, (steps, own, after) in enumerate(zip(plan.steps, fields[:-1], fields[1:], strict=True)):
        gradient: Gradient = {}
        mass = masses[block]
        for step, field in zip(steps, [*own[1:], after[0]], strict=True):
            mass, left = _step(place, step, loss, mass, field, gradient)
            leaving += left
        masses.append(mass)
        gradients.append(gradient)
    return Passed(np.array(masses), gradients, leaving)


def _step(
    place: Interpolation, step: Outcomes, loss: TerminalLoss, mass: FloatArray, field: FloatArray, gradient: Gradient
) -> tuple[FloatArray, float]:
    flat = mass.reshape(len(mass), -1)
    # What no mass lies on has no part in the loss.
    rows = np.flatnonzero(flat.any(axis=0))
    there, nodes = np.ascontiguousarray(flat[:, rows]), place.nodes[rows]
    positions, pull = step.moved(nodes)
    for name, value in pull(place.pull(field, there, positions, step.weights)).items():
        add_to(gradient, name, value)
    left = abs(float(loss.density(there[None])[0] @ place.outside(positions, step.weights)))
    return place.spread(there, positions, step.weights), left


def gathered(
    net: ResNet, place: Interpolation, plan: Plan, loss: TerminalLoss, x: FloatArray, found: Passed, first: FloatArray
) -> FloatArray:
    """Return the gradient of the loss by all parameters."""
    gradient = np.zeros(net.n_parameters)
    views = net.views(gradient)
    for block, parts in enumerate(found.gradients):
        for name, value in own_parts(net, block, parts).items():
            views[name] += value
    last = found.masses[-1].reshape(len(loss.coefficients), -1)
    _add_affine(views, "readout", loss.slopes(plan.readout(place.nodes), last), place.nodes)
    states = plan.states(x)
    _add_affine(views, "lift", place.pull(first, loss.coefficients / len(x), states[None], SURE)[0], x)
    return gradient


def own_parts(net: ResNet, block: int, parts: Gradient) -> Gradient:
    """Return the parts of a block's gradient by the names of the network's tensors, those that it has."""
    prefix = f"block{1 if net.shared else block + 1}."
    return {prefix + part: value for part, value in parts.items() if prefix + part in net.shapes}


def flattened(net: ResNet, block: int, parts: Gradient) -> FloatArray:
    """Return a block's gradient as a vector, its tensors in the order of the parameters."""
    own = own_parts(net, block, parts)
    return np.concatenate([own[name].ravel() for name in net.shapes if name in own])


def _add_affine(views: Views, name: str, slopes: FloatArray, points: FloatArray) -> None:
    if f"{name}.weight" in views:
        views[f"{name}.weight"] += slopes.T @ points
    if f"{name}.bias" in views:
        views[f"{name}.bias"] += slopes.sum(axis=0)
