"""Networks as estimators of scikit-learn, for its pipelines, searches and cross-validation.

It comes with scikit-learn: ``pip install 'pdeopt[sklearn]'``.
"""

from typing import Any

import numpy as np
from scipy.special import expit, softmax
from sklearn.base import BaseEstimator, ClassifierMixin, MultiOutputMixin, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from pdeopt._types import FloatArray
from pdeopt.networks.data import Data
from pdeopt.networks.data_checks import as_kernels_take
from pdeopt.networks.early_stop import EarlyStop
from pdeopt.networks.mlp import MLP
from pdeopt.networks.training import train
from pdeopt.optimizers import AdLaLa, Method

__all__ = ["NetworkClassifier", "NetworkRegressor"]


class _Network(BaseEstimator):  # type: ignore[misc]
    """What both estimators do: train a network, and return its outputs."""

    def __init__(
        self,
        hidden: Any = (20,),
        *,
        activation: str = "relu",
        method: Method | None = None,
        n_steps: int = 10_000,
        batch_size: int = 32,
        batches: str = "epochs",
        initial: str | float = "uniform",
        early_stop: EarlyStop | int | None = None,
        random_state: Any = None,
        verbose: bool = False,
    ) -> None:
        self.hidden = hidden
        self.activation = activation
        self.method = method
        self.n_steps = n_steps
        self.batch_size = batch_size
        self.batches = batches
        self.initial = initial
        self.early_stop = early_stop
        self.random_state = random_state
        self.verbose = verbose

    def _train(self, x: FloatArray, y: Any, n_classes: int, n_outputs: int, loss: str) -> None:
        sizes = [x.shape[1], *np.atleast_1d(self.hidden).tolist(), n_outputs]
        self.net_ = MLP(sizes, self.activation, loss)
        fit = train(
            self.net_,
            Data(x, y, n_classes=n_classes),
            self.method or AdLaLa(),
            n_steps=self.n_steps,
            batch_size=min(self.batch_size, len(x)),
            batches=self.batches,
            initial=self.initial,
            early_stop=self.early_stop,
            seed=int(check_random_state(self.random_state).randint(2**31 - 1)),
            progress=self.verbose,
        )
        if fit.stopped == "interrupted":
            raise KeyboardInterrupt
        self.parameters_ = fit.parameters
        self.history_ = fit.history
        self.loss_ = fit.train_loss
        self.n_iter_ = fit.n_steps

    def _outputs(self, X: Any) -> FloatArray:
        check_is_fitted(self)
        x = as_kernels_take(validate_data(self, X, dtype=np.float64, reset=False))
        return self.net_.forward(as_kernels_take(self.parameters_), x)


class NetworkClassifier(ClassifierMixin, _Network):  # type: ignore[misc]
    """A network that tells classes apart.

    Parameters
    ----------
    hidden : sequence of int
        Units of the hidden layers.
    activation : {"relu", "tanh", "sigmoid", "softplus"}
        Of the hidden units.
    method : Method, optional
        How it is trained, such as ``pdeopt.optimizers.Adam()``; by default `pdeopt.optimizers.AdLaLa` with its
        defaults. A search reaches its settings by whole methods: ``{"method": [Adam(0.005), Adam(0.01)]}``.
    n_steps : int
        Minibatches.
    batch_size : int
        Rows of one, or all rows where there are fewer.
    batches : str
        How minibatches follow each other, see `pdeopt.networks.train`.
    initial : "uniform" or float
        See `MLP.initial`.
    early_stop : EarlyStop or int, optional
        When to stop before the last step, see `pdeopt.networks.train`.
    random_state : int, RandomState or None
        The seed of `pdeopt.networks.train` is drawn from it. An integer makes `fit` repeat itself to the last bit.
    verbose : bool
        Whether to show a progress bar.

    Attributes
    ----------
    classes_ : array, shape (n_classes,)
    n_features_in_ : int
    feature_names_in_ : array, shape ``(n_features_in_,)``
        If `X` had names.
    n_iter_ : int
        Steps done.
    net_ : MLP
    parameters_ : array, shape (n_parameters,)
    history_ : History
        Losses and accuracies on the training set.
    loss_ : float
        Of `parameters_`, on the training set.

    Notes
    -----
    One logistic output for two classes, else a softmax over all of them. Inputs are taken as they are: put a
    `sklearn.preprocessing.StandardScaler` in front.

    Examples
    --------
    >>> from pdeopt.networks import moons
    >>> data = moons()
    >>> model = NetworkClassifier(n_steps=2000, random_state=0).fit(data.x_train, data.y_train)
    >>> model.score(data.x_test, data.y_test) > 0.95
    True
    """

    def fit(self, X: Any, y: Any) -> "NetworkClassifier":
        """Train the network.

        Parameters
        ----------
        X : array_like, shape (n, d)
        y : array_like, shape (n,)
            Labels of any kind.

        Returns
        -------
        NetworkClassifier
            Itself.

        Raises
        ------
        ValueError
            If the data have NaN, the wrong shape or one class, or a setting is out of range.
        TrainingBlowUpError
            If a parameter becomes infinite: standardise the inputs, or take smaller steps.
        """
        x, labels = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(labels)
        self.classes_, numbers = np.unique(labels, return_inverse=True)
        count = len(self.classes_)
        if count == 1:
            raise ValueError(f"y holds 1 class, {self.classes_[0]!r}; there must be at least 2. Use data of both.")
        outputs, loss = (1, "logistic") if count == 2 else (count, "softmax")
        self._train(x, numbers, count, outputs, loss)
        return self

    def decision_function(self, X: Any) -> FloatArray:
        """Return the outputs of the network, logits.

        Parameters
        ----------
        X : array_like, shape (n, d)

        Returns
        -------
        array, shape (n,) or (n, n_classes)
            For two classes one number, positive for the second.
        """
        outputs = self._outputs(X)
        return outputs[:, 0] if len(self.classes_) == 2 else outputs

    def predict_proba(self, X: Any) -> FloatArray:
        """Return the probabilities of the classes.

        Parameters
        ----------
        X : array_like, shape (n, d)

        Returns
        -------
        array, shape (n, n_classes)
        """
        outputs = self._outputs(X)
        if len(self.classes_) == 2:
            return np.asarray(expit(np.column_stack([-outputs, outputs])))
        return np.asarray(softmax(outputs, axis=1))

    def predict(self, X: Any) -> Any:
        """Return the likeliest class of each row.

        Parameters
        ----------
        X : array_like, shape (n, d)

        Returns
        -------
        array, shape (n,)
        """
        likeliest = self.predict_proba(X).argmax(axis=1)
        return self.classes_[likeliest]


class NetworkRegressor(RegressorMixin, MultiOutputMixin, _Network):  # type: ignore[misc]
    """A network that predicts numbers, trained on half the squared error.

    Parameters
    ----------
    hidden, activation, method, n_steps, batch_size, batches, initial, early_stop, random_state, verbose
        As in `NetworkClassifier`.

    Attributes
    ----------
    n_features_in_, feature_names_in_, n_iter_, net_, parameters_
        As in `NetworkClassifier`.
    history_ : History
    loss_ : float
        In units of the variance of the numbers.
    shift_, scale_ : float, or array of shape (k,)
        Mean and standard deviation of the numbers.

    Notes
    -----
    The network learns ``(y - shift_) / scale_``, and predictions are put back. Inputs are taken as they are: put a
    `sklearn.preprocessing.StandardScaler` in front.
    """

    def fit(self, X: Any, y: Any) -> "NetworkRegressor":
        """Train the network.

        Parameters
        ----------
        X : array_like, shape (n, d)
        y : array_like, shape (n,) or (n, k)

        Returns
        -------
        NetworkRegressor
            Itself.

        Raises
        ------
        ValueError
            If the data have NaN or the wrong shape, or a setting is out of range.
        TrainingBlowUpError
            If a parameter becomes infinite: standardise the inputs, or take smaller steps.
        """
        x, numbers = validate_data(self, X, y, dtype=np.float64, y_numeric=True, multi_output=True)
        self.shift_, deviation = numbers.mean(axis=0), numbers.std(axis=0)
        self.scale_ = np.where(deviation > 0.0, deviation, 1.0)
        self._train(x, (numbers - self.shift_) / self.scale_, 0, np.size(self.shift_), "squared")
        return self

    def predict(self, X: Any) -> FloatArray:
        """Return the predictions.

        Parameters
        ----------
        X : array_like, shape (n, d)

        Returns
        -------
        array, shape (n,) or (n, k)
            As `y` was in `fit`.
        """
        outputs = self._outputs(X)
        return np.asarray(self.shift_ + self.scale_ * (outputs if np.ndim(self.shift_) else outputs[:, 0]))
