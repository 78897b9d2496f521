"""The arguments of `pdeopt train`, and their help."""

import argparse

from pdeopt.cli.commands import Commands, add_command

__all__ = ["add_train"]

ABOUT = """\
Train a network by stochastic gradients, by Langevin dynamics, or by different methods on different layers. Losses and
accuracies are those of the whole training and test sets. A run is a function of its seed, to the last bit.

METHOD is a name with its settings, name or name:setting=value,setting=value. `pdeopt train --methods` lists all with
their defaults, `pdeopt train --methods adlala` explains one. Words such as baoab, obab or ubu are methods too:
splittings of Langevin dynamics. Temperatures are those of the law exp(-loss / temperature); 0 is legal. A setting may
follow a schedule: step_size=cosine:0.1:10000 falls from 0.1 to 0 in 10000 steps.

DATA is spirals, trigonometric, moons, circles, xor, digits, mnist, or a file FILE.npz with x_train (n, d) and y_train
(integers are classes, floats are predicted), and perhaps x_test, y_test.
"""

EXAMPLES = """\
examples
  pdeopt train
      adlala on two spirals of two turns, 20 hidden units; a table of losses, accuracies and temperatures
  pdeopt train --method adam:step_size=0.005 --initial 0.5 --plot adam.png
      another method from a Gaussian start; draws losses, accuracies and the decision boundary
  pdeopt train --method adam:step_size=cosine:0.01:10000
      a learning rate that falls to 0; temperature=annealing:1e-3:1e-6:10000 cools
  pdeopt train --turns 4 --hidden 100 --method adlala --set friction=0.1 coupling=0.05 --steps 80000 --save fit.npz
      more turns; settings may stand apart; keeps the network
  pdeopt train --resume fit.npz --steps 160000 --save fit.npz
      goes on where the file stops: the same bits as one long run
  pdeopt train --layer first=adla:temperature=1e-4 --layer rest=sgd:step_size=0.1
      any method on any layers: first, last, inner, rest, layer1, layer1.weight, weights, biases
  pdeopt train --method lol --initial 0.01 --runs 100
      a hundred runs, each with data, start and noise of its own seed; means with standard errors
  pdeopt train --method sgd --scan step_size=0.05,0.1,0.2 width=10,20,50 --runs 10 --plot scan.png
      accuracies on a grid of settings, with standard errors
  pdeopt train --data mnist --mnist folder/with/idx/files --hidden 250 --method adam --batch 100 --epochs 20
      MNIST from the four IDX files
  pdeopt train --data mine.npz --hidden 30 30 --activation tanh --method langevin:word=OBABO,temperature=1e-5
      data of your own, two hidden layers
  pdeopt train --blocks 10 --width 4 --layer-noise dropout:keep=0.9 --method adam:step_size=0.005 --batch 50
      a residual network of ten blocks with dropout; scores are those of its mean network

Exit status: 0 trained, 1 the numbers blew up (in all of the runs), 2 bad input, 130 interrupted.
"""


def add_train(commands: Commands) -> None:
    """Add the command to the program."""
    train = add_command(commands, "train", "train a network", ABOUT, EXAMPLES)
    _add_method(train)
    _add_data(train)
    _add_net(train)
    _add_run(train)
    _add_output(train)


def _add_method(train: argparse.ArgumentParser) -> None:
    group = train.add_argument_group("by which method")
    group.add_argument("--method", metavar="METHOD", help="adlala (the default), adam, sgd, lol, ... with its settings")
    settings = "settings of the method, such as step_size=0.25 temperature=1e-4"
    group.add_argument("--set", dest="settings", nargs="+", action="extend", metavar="NAME=VALUE", help=settings)
    parts = "a method for a part of the network, in place of --method; once for each part"
    group.add_argument("--layer", dest="layers", action="append", metavar="PART=METHOD", help=parts)
    listed = "list the methods and the kinds of --layer-noise with their settings, or explain a method"
    group.add_argument("--methods", nargs="?", const="", metavar="NAME", help=listed)


def _add_data(train: argparse.ArgumentParser) -> None:
    group = train.add_argument_group("on which data (what is left out has the default of the data set)")
    group.add_argument("--data", metavar="DATA", help="a name, or FILE.npz (spirals)")
    group.add_argument("--n-train", type=int, metavar="N", help="points to learn from (500)")
    group.add_argument("--n-test", type=int, metavar="N", help="points to be tested on (500)")
    group.add_argument("--noise", type=float, metavar="C", help="standard deviation of each coordinate")
    group.add_argument("--turns", type=float, metavar="B", help="spirals: turns of each (2)")
    group.add_argument("--exponent", type=float, metavar="P", help="spirals: larger ones crowd the centre (0.5)")
    group.add_argument("--radius", type=float, metavar="A", help="spirals: of the outer end (2)")
    group.add_argument("--oscillations", type=float, metavar="A", help="trigonometric: periods of the curve (3)")
    group.add_argument("--amplitude", type=float, metavar="B", help="trigonometric: of the curve (2)")
    group.add_argument("--ratio", type=float, metavar="R", help="circles: radius of the inner one (0.5)")
    group.add_argument("--mnist", metavar="FOLDER", help="mnist: where its four IDX files lie, plain or .gz")
    own = "one data set of this seed for all runs; by default each run draws its own by its seed"
    group.add_argument("--data-seed", type=int, metavar="S", help=own)


def _add_net(train: argparse.ArgumentParser) -> None:
    group = train.add_argument_group("which network")
    group.add_argument("--hidden", nargs="+", metavar="N", help="units of the hidden layers (20); 0 for none")
    group.add_argument("--sizes", nargs="+", metavar="N", help="units of all layers, such as 2,20,1")
    group.add_argument(
        "--activation", metavar="NAME", help="relu, tanh, sigmoid or softplus (relu; with --blocks tanh)"
    )
    blocks = "a residual network of N blocks, each with one hidden layer of --hidden units"
    group.add_argument("--blocks", metavar="N", help=blocks)
    group.add_argument("--width", metavar="N", help="components of its state (as many as the data have coordinates)")
    noise = "noise of its layers, such as dropout:keep=0.8, stochastic-depth:keep=0.5,decay=linear, shake-shake, batch"
    group.add_argument("--layer-noise", metavar="NOISE", help=noise)
    group.add_argument("--loss", metavar="NAME", help="logistic, softmax or squared; chosen by the data if left out")


def _add_run(train: argparse.ArgumentParser) -> None:
    group = train.add_argument_group("how long, from where")
    group.add_argument("--steps", type=int, metavar="N", help="steps of the method (10000)")
    group.add_argument("--epochs", type=float, metavar="E", help="passes through the training set, instead of steps")
    group.add_argument("--batch", metavar="N", help="points of a minibatch, 10 or 2%% (2%%, but at most 100)")
    modes = "epochs (shuffled anew in each, the default), whole-epochs (drops what fills no batch), or fresh"
    group.add_argument("--batches", metavar="NAME", help=modes)
    start = "uniform (the default, as in PyTorch) or the standard deviation of a Gaussian on all parameters"
    group.add_argument("--initial", metavar="START", help=start)
    group.add_argument("--seed", type=int, metavar="S", help="of data, start, minibatches and noise (0)")
    group.add_argument("--runs", type=int, metavar="N", help="train N networks, of seeds S, S + 1, ...")
    tried = "compare settings, each in --runs runs (10): step_size=0.1,0.2 of the method, width=10,20, batch=5,10, ..."
    group.add_argument("--scan", nargs="+", action="extend", metavar="NAME=V,V", help=tried)
    averaged = "with --runs: classify by the mean answer of the last N steps"
    group.add_argument("--average-last", type=int, metavar="N", help=averaged)
    group.add_argument("--threads", type=int, metavar="N", help="all cores by default; the result is the same")
    stale = "stop early: after N steps without a better record, with the best parameters"
    group.add_argument("--patience", type=int, metavar="N", help=stale)
    group.add_argument("--watch", metavar="NAME", help="better in: validation_loss (the default), test_accuracy, ...")
    group.add_argument("--hold-out", type=float, metavar="P", help="share of the training set for validation (0.1)")
    group.add_argument("--resume", metavar="FIT.npz", help="go on from a file of --save, up to --steps in all")


def _add_output(train: argparse.ArgumentParser) -> None:
    group = train.add_argument_group("what to see and keep")
    group.add_argument("--record-every", type=int, metavar="N", help="steps between records (a hundredth of all)")
    group.add_argument("--quiet", action="store_true", help="print the result alone")
    group.add_argument("--plot", metavar="FILE", help="draw histories, and the boundary in the plane (.png, .svg, ...)")
    group.add_argument("--save", metavar="FIT.npz", help="keep the network, its history and the state of the method")
