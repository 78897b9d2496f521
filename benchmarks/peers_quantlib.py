"""Heston calls by QuantLib's finite differences."""

import numpy as np
import QuantLib

from benchmarks.kolmogorov_heston import SPOTS, STRIKE, VARIANCE, Heston

SCHEMES = {
    "hundsdorfer-verwer": QuantLib.FdmSchemeDesc.Hundsdorfer,
    "modified-craig-sneyd": QuantLib.FdmSchemeDesc.ModifiedCraigSneyd,
}
TODAY = QuantLib.Date(1, 1, 2021)
YEAR = 365


def option(case: Heston, spot: float, shape: tuple[int, int, int], method: str) -> QuantLib.VanillaOption:
    """Return a call to be priced on a grid of (steps, spots, variances); every call of NPV() after a change solves."""
    QuantLib.Settings.instance().evaluationDate = TODAY
    days = QuantLib.Actual365Fixed()
    rates, dividends = (
        QuantLib.YieldTermStructureHandle(QuantLib.FlatForward(TODAY, level, days))
        for level in (case.rate, case.dividend)
    )
    quote = QuantLib.QuoteHandle(QuantLib.SimpleQuote(spot))
    process = QuantLib.HestonProcess(rates, dividends, quote, VARIANCE, case.kappa, case.theta, case.sigma, case.rho)
    exercise = QuantLib.EuropeanExercise(TODAY + round(YEAR * case.time))
    result = QuantLib.VanillaOption(QuantLib.PlainVanillaPayoff(QuantLib.Option.Call, STRIKE), exercise)
    result.setPricingEngine(QuantLib.FdHestonVanillaEngine(QuantLib.HestonModel(process), *shape, 0, SCHEMES[method]()))
    return result


def price(case: Heston, spot: float, shape: tuple[int, int, int], method: str) -> float:
    """Return a price, solved anew."""
    return float(option(case, spot, shape, method).NPV())


def prices(case: Heston, shape: tuple[int, int, int], method: str) -> np.ndarray:
    """Return the prices at `SPOTS`, a solution for each: the grid is laid around the spot."""
    return np.array([price(case, spot, shape, method) for spot in SPOTS])
