"""Training as control of the backward Kolmogorov equation: loss and gradient by two sweeps on a grid."""

from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
from scipy.special import expit, softmax

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.grid import Grid
from pdeopt.networks.checks import checked_count, checked_name, checked_number, checked_points, checked_vector
from pdeopt.networks.control_grids import TOO_LARGE, leaving_message, roomy_grid
from pdeopt.networks.control_losses import TerminalLoss, terminal_loss
from pdeopt.networks.control_results import ControlSolution, ControlSweeps
from pdeopt.networks.control_search import Choices, searched, unresolved
from pdeopt.networks.control_steps import PICTURES
from pdeopt.networks.control_sweeps import Plan, backward, flattened, gathered, passed, plan_of
from pdeopt.networks.interpolation import SURE, Interpolation
from pdeopt.networks.regularisers import NoiseRegulariser, expanded
from pdeopt.networks.resnet import ResNet

__all__ = ["TrainingControl"]

NODES = {1: 801, 2: 121}
"""Nodes along an axis of grids that are chosen here, by dimension."""

LEAVING = 1e-6
"""Largest probability of leaving the grid."""


@dataclass(frozen=True, eq=False, repr=False)
class TrainingControl:
    """The mean loss of a random residual network over all its noise, as a function of its parameters.

    Parameters
    ----------
    net : ResNet
        Of width 1 or 2.
    x : array_like, shape (n, n_in)
        Points to train on.
    y : array_like, shape (n,) or (n, n_out)
        Labels, or with squared loss numbers.
    picture : {"masks", "ode", "first", "second"}
        ``"masks"``: the network itself. Else an equation in its place: that of the mean, or the first or second
        modified equation.
    grid : Grid, optional
        For states, uniform, with as many axes as the network is wide. By default one that states do not leave.
    substeps : int
        Steps of the equation's scheme for each block.
    order : int
        Number of nodes along each axis that a value is interpolated from.

    Raises
    ------
    ValueError
        If the network is wider than 2, or the grid does not fit.

    Notes
    -----
    The value functions u_k are averages over the noise of all blocks from k on. They are swept back from the losses of
    the labels, ``u_k = P_k u_{k+1}``, and adjoint densities forward from the points, ``rho_{k+1} = P_k^T rho_k``. The
    loss is ``<u_k, rho_k>``, the same for all k, and its derivative by the weights of block k that of
    ``<P_k u_{k+1}, rho_k>``: exact for the discrete loss. The weights are open-loop controls, the same for all points.

    Examples
    --------
    >>> from pdeopt.networks import Dropout, ResNet
    >>> net = ResNet([1, 1, 1], n_blocks=4, branch="linear", noise=Dropout(0.8), loss="squared", shared=True)
    >>> control = TrainingControl(net, [[1.0]], [2.0])
    >>> control.evaluate(net.initial(seed=1)).gradient.shape == (net.n_parameters,)
    True
    """

    net: ResNet
    x: ArrayLike
    y: ArrayLike
    picture: str = "masks"
    grid: Grid | None = None
    substeps: int = 2
    order: int = 6
    _loss: TerminalLoss = field(init=False)

    def __post_init__(self) -> None:
        checked_name(self.picture, "picture", PICTURES)
        net, grid = self.net, self.grid
        if not isinstance(net, ResNet):
            raise TypeError(f"net={net!r} must be a ResNet, e.g. ResNet([2, 2, 1], noise=Dropout(0.8)).")
        width = net.sizes[1]
        if width > 2 or net.members != 1:
            raise ValueError(
                f"net={net!r} has {width} components of state and {net.members} members; grids have one "
                "or two axes, for one member. Use ResNet([n_in, 2, n_out])."
            )
        if grid is not None and grid.dim != width:
            raise ValueError(
                f"grid has {grid.dim} axes, but the state has {width} components. Use Grid of dim {width}."
            )
        Interpolation(grid or Grid(0.0, 1.0, 99), self.order)
        object.__setattr__(self, "substeps", checked_count(self.substeps, "substeps", example=2))
        object.__setattr__(self, "x", checked_points(self.x, net.sizes[0]))
        object.__setattr__(self, "_loss", terminal_loss(net.loss_name, self.y, len(self._points), net.sizes[-1]))

    @property
    def _points(self) -> FloatArray:
        return np.asarray(self.x)

    def evaluate(self, parameters: FloatArray) -> ControlSweeps:
        """Return the mean loss and its gradient, with value functions and adjoint densities.

        Parameters
        ----------
        parameters : array, shape (n_parameters,)

        Returns
        -------
        ControlSweeps

        Raises
        ------
        ValueError
            If parameters are not finite, or states leave the grid with a probability above 1e-6.
        """
        theta = checked_vector(parameters, "parameters", self.net.n_parameters)
        plan = plan_of(self.net, theta, self.picture, self.substeps)
        grid = self.grid or self._chosen_grid(plan, self._states(plan), 0.25)
        return self._checked(self._estimated(theta, grid), plan)

    def probabilities(self, parameters: FloatArray, points: ArrayLike) -> FloatArray:
        """Return mean probabilities of classes over the noise; with one output that of class 1.

        Parameters
        ----------
        parameters : array, shape (n_parameters,)
        points : array_like, shape (n, n_in)
            Their states must lie within the grid.

        Returns
        -------
        array, shape (n, n_out)

        Raises
        ------
        ValueError
            If the loss is squared, or a state lies outside the grid.
        """
        theta = checked_vector(parameters, "parameters", self.net.n_parameters)
        if self.net.loss_name == "squared":
            raise ValueError("loss='squared' gives no probabilities. Use ResNet(..., loss='logistic' or 'softmax').")
        plan = plan_of(self.net, theta, self.picture, self.substeps)
        states = plan.states(checked_points(points, self.net.sizes[0]))
        grid = self.grid or self._chosen_grid(plan, states, 0.25)
        place = Interpolation(grid, self.order)
        if place.outside(states[None], SURE).any():
            raise ValueError(f"points have states outside the grid from {grid.lower} to {grid.upper}. Use grid=None.")
        z = plan.readout(place.nodes)
        last = expit(z) if self.net.loss_name == "logistic" else softmax(z, axis=1)
        first = backward(place, plan.steps, last.T.reshape(-1, *grid.shape))[0][0]
        return place.average(first, states[None], SURE).T

    def regulariser(self, parameters: FloatArray) -> NoiseRegulariser:
        """Return what noise and steps add to the loss of each point at first order in the step.

        Parameters
        ----------
        parameters : array, shape (n_parameters,)

        Returns
        -------
        NoiseRegulariser

        Raises
        ------
        ValueError
            If the noise does not vanish with the step.
        """
        theta = checked_vector(parameters, "parameters", self.net.n_parameters)
        plan = plan_of(self.net, theta, "ode", 1)
        return expanded(self.net.layers(theta), lambda x: self._loss.of_each(plan.readout(x)), self._states(plan))

    def solve(
        self,
        initial: FloatArray | None = None,
        *,
        weight_decay: float = 0.0,
        max_iterations: int = 1000,
        tolerance: float = 1e-6,
        seed: int = 0,
        progress: bool = True,
    ) -> ControlSolution:
        """Minimise the mean loss by L-BFGS.

        Parameters
        ----------
        initial : array, shape (n_parameters,), optional
            By default ``net.initial(seed)``.
        weight_decay : float
            Half of it times the squared length of the parameters is added to the loss.
        max_iterations : int
        tolerance : float
            Largest component of the gradient at the end. The loss itself cannot tell minima below about 1e-8; for more
            digits find a root of the gradient of `evaluate`.
        seed : int
        progress : bool
            Whether a bar is shown where it takes longer than two seconds.

        Returns
        -------
        ControlSolution

        Raises
        ------
        ValueError
            If a setting does not fit, or the states leave the grid at the optimum.

        Notes
        -----
        D. Liu, J. Nocedal, Math. Program. 45 (1989) 503-528, as `scipy.optimize.minimize` has it. A grid that is chosen
        follows the states, and is made finer where it does not resolve the loss. On one that does not, minima are
        those of the interpolation: then ``converged`` is False, and ``message`` says so.
        """
        checked_number(weight_decay, "weight_decay", 1e-4, zero=True)
        checked_count(max_iterations, "max_iterations", example=1000)
        checked_number(tolerance, "tolerance", 1e-6, zero=True)
        given = self.net.initial(seed) if initial is None else initial
        theta = checked_vector(np.array(given, dtype=float), "initial", self.net.n_parameters).copy()
        choices = Choices(
            self._grid_for,
            self.grid is not None,
            lambda grid: partial(self._decayed, grid, weight_decay),
            self._estimated,
            lambda sweeps: not sweeps.leaving <= LEAVING,
        )
        found = unresolved(searched(choices, theta, max_iterations, tolerance, progress))
        descent, theta = found.descent, found.descent.parameters
        sweeps = self._checked(found.sweeps, plan_of(self.net, theta, self.picture, self.substeps))
        converged = descent.slope <= tolerance and found.is_resolved
        facts = (np.array(descent.history), descent.slope, converged, descent.message)
        return ControlSolution(theta, sweeps.loss, sweeps, *facts)

    def _grid_for(self, theta: FloatArray, finer: int) -> Grid:
        plan = plan_of(self.net, theta, self.picture, self.substeps)
        return self.grid or self._chosen_grid(plan, self._states(plan), 0.5, finer)

    def _decayed(self, grid: Grid, decay: float, theta: FloatArray) -> tuple[float, FloatArray]:
        found = self._swept(theta, grid)
        return found.loss + 0.5 * decay * float(theta @ theta), found.gradient + decay * theta

    def _swept(self, theta: FloatArray, grid: Grid) -> ControlSweeps:
        net, loss, place = self.net, self._loss, Interpolation(grid, self.order)
        plan = plan_of(net, theta, self.picture, self.substeps)
        fields = backward(place, plan.steps, loss.values(plan.readout(place.nodes)).reshape(-1, *grid.shape))
        found = passed(place, plan, loss, self._points, fields)
        values = np.array([own[0] for own in fields])
        h, constant = net.horizon / net.n_blocks, float(loss.offsets.mean())
        return ControlSweeps(
            float((values[0] * found.masses[0]).sum()) + constant,
            gathered(net, place, plan, loss, self._points, found, values[0]),
            values,
            found.masses,
            loss.density(found.masses) / float(np.prod(grid.spacing)),
            np.array([flattened(net, k, parts) / h for k, parts in enumerate(found.gradients)]),
            found.leaving,
            np.linspace(0.0, net.horizon, net.n_blocks + 1),
            grid,
            self.picture,
            constant,
        )

    def _states(self, plan: Plan) -> FloatArray:
        return plan.states(self._points)

    def _chosen_grid(self, plan: Plan, states: FloatArray, margin: float, finer: int = 1) -> Grid:
        shape = (finer * (NODES[states.shape[1]] - 1) + 1,) * states.shape[1]
        return roomy_grid([step for block in plan.steps for step in block], states, shape, self.order, margin)

    def _checked(self, found: ControlSweeps, plan: Plan) -> ControlSweeps:
        if not np.isfinite(found.loss):
            raise ValueError(TOO_LARGE)
        if not found.leaving <= LEAVING:
            better = self._chosen_grid(plan, self._states(plan), 0.5)
            raise ValueError(leaving_message(found.grid, found.leaving, better, is_given=self.grid is not None))
        return found

    def _estimated(self, theta: FloatArray, grid: Grid) -> ControlSweeps:
        found, loss = self._swept(theta, grid), self._loss
        plan = plan_of(self.net, theta, self.picture, self.substeps)
        place = Interpolation(grid, self.order - 2 if self.order > 2 else 4)
        last = loss.values(plan.readout(place.nodes)).reshape(-1, *grid.shape)
        first = backward(place, plan.steps, last)[0][0]
        mass = place.spread(loss.coefficients / len(self._points), self._states(plan)[None], SURE)
        return replace(found, error=abs(float((first * mass).sum()) + found.constant - found.loss))

    def __repr__(self) -> str:
        return f"<TrainingControl of {self.net!r}, {len(self._points)} points, picture {self.picture!r}>"
