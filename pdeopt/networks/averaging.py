"""A classifier whose answers are averaged over several parameters, such as those of the last steps of a run."""

import numpy as np
from scipy.special import expit, softmax

from pdeopt._types import FloatArray
from pdeopt.networks.network import Network

__all__ = ["average_answers", "score_answers"]

SMALLEST = np.finfo(np.float64).tiny


def average_answers(net: Network, parameters: FloatArray, x: FloatArray) -> FloatArray:
    """Return the mean over parameters of a network's answers.

    Parameters
    ----------
    net : MLP or ResNet
    parameters : array, shape (k, n_parameters)
    x : array, shape (n, d)

    Returns
    -------
    array, shape (n, n_outputs)
        Probabilities, of class 1 with one output and of each class else; with the squared loss the outputs.
    """
    total: FloatArray = np.zeros((len(x), net.sizes[-1]))
    for one in parameters:
        total += _answers(net.loss_name, net.forward_rows(one, x))
    return total / len(parameters)


def _answers(loss: str, outputs: FloatArray) -> FloatArray:
    if loss == "squared":
        return outputs
    return np.asarray(expit(outputs) if loss == "logistic" else softmax(outputs, axis=1), dtype=np.float64)


def score_answers(net: Network, answers: FloatArray, targets: FloatArray) -> tuple[float, float]:
    """Return the mean loss of averaged answers, and the share of right ones.

    Parameters
    ----------
    net : MLP or ResNet
    answers : array, shape (n, n_outputs)
        See `average_answers`.
    targets : array, shape (n, k)
        As `Data.targets` gives them.
    """
    if len(answers) == 0:
        return np.nan, np.nan
    if net.loss_name == "squared":
        losses, right = 0.5 * ((answers - targets) ** 2).sum(axis=1), (abs(answers - targets) < 0.5).all(axis=1)
    elif net.loss_name == "logistic":
        likelihood = np.where(targets > 0.5, answers, 1.0 - answers)
        losses, right = -np.log(np.maximum(likelihood, SMALLEST)).sum(axis=1), (likelihood >= 0.5).all(axis=1)
    else:
        chosen = np.take_along_axis(answers, targets.astype(np.int64), axis=1)[:, 0]
        losses, right = -np.log(np.maximum(chosen, SMALLEST)), chosen >= answers.max(axis=1)
    return float(losses.mean()), float(right.mean())
