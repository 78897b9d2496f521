"""Networks on one flat parameter vector, data sets to train them on, and training."""

from pdeopt.networks.averages import MaskAverage, mask_average
from pdeopt.networks.blow_up import TrainingBlowUpError
from pdeopt.networks.control import TrainingControl
from pdeopt.networks.control_results import ControlSolution, ControlSweeps
from pdeopt.networks.data import Data
from pdeopt.networks.data_sets import circles, moons, spirals, trigonometric, xor
from pdeopt.networks.decision_boundaries import Robustness, margins, robustness
from pdeopt.networks.digit_sets import digits, mnist
from pdeopt.networks.early_stop import EarlyStop, hold_out
from pdeopt.networks.ensemble_results import TrainingEnsemble
from pdeopt.networks.ensembles import train_ensemble
from pdeopt.networks.figures.reproducing import reproduce
from pdeopt.networks.figures.reproduction import Reproduction
from pdeopt.networks.fit import Fit, load
from pdeopt.networks.history import History
from pdeopt.networks.idx import read_idx
from pdeopt.networks.layers import DenseBranch, ResidualLayer
from pdeopt.networks.mlp import MLP
from pdeopt.networks.modified import (
    DiffusionCheck,
    JumpAverage,
    JumpLimit,
    ModifiedEquations,
    diffusion_check,
    jump_limit,
    modified_equation,
)
from pdeopt.networks.noise import (
    AdditiveNoise,
    BatchNoise,
    DropConnect,
    Dropout,
    GaussianDropout,
    MultiplicativeNoise,
    ShakeShake,
    StochasticDepth,
)
from pdeopt.networks.prediction_results import PredictionCheck
from pdeopt.networks.predictions import compare_prediction
from pdeopt.networks.regularisers import NoiseRegulariser, noise_regulariser
from pdeopt.networks.resnet import ResNet
from pdeopt.networks.scan_results import Scan
from pdeopt.networks.scans import scan
from pdeopt.networks.segments import Segment, loss_along_segment
from pdeopt.networks.training import train

__all__ = [
    "MLP",
    "AdditiveNoise",
    "BatchNoise",
    "ControlSolution",
    "ControlSweeps",
    "Data",
    "DenseBranch",
    "DiffusionCheck",
    "DropConnect",
    "Dropout",
    "EarlyStop",
    "Fit",
    "GaussianDropout",
    "History",
    "JumpAverage",
    "JumpLimit",
    "MaskAverage",
    "ModifiedEquations",
    "MultiplicativeNoise",
    "NoiseRegulariser",
    "PredictionCheck",
    "Reproduction",
    "ResNet",
    "ResidualLayer",
    "Robustness",
    "Scan",
    "Segment",
    "ShakeShake",
    "StochasticDepth",
    "TrainingBlowUpError",
    "TrainingControl",
    "TrainingEnsemble",
    "circles",
    "compare_prediction",
    "diffusion_check",
    "digits",
    "hold_out",
    "jump_limit",
    "load",
    "loss_along_segment",
    "margins",
    "mask_average",
    "mnist",
    "modified_equation",
    "moons",
    "noise_regulariser",
    "read_idx",
    "reproduce",
    "robustness",
    "scan",
    "spirals",
    "train",
    "train_ensemble",
    "trigonometric",
    "xor",
]
