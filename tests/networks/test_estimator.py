"""Networks as estimators: scikit-learn's own checks, and what they leave out."""

import pytest

pytest.importorskip("sklearn", reason="scikit-learn is not installed")

from sklearn.utils.estimator_checks import parametrize_with_checks

from pdeopt.networks.estimator import NetworkClassifier, NetworkRegressor


@parametrize_with_checks([NetworkClassifier(), NetworkRegressor()])
def test_scikit_learn_finds_nothing_to_complain_about(estimator, check):
    check(estimator)
