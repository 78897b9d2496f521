"""`pdeopt train`: what it trains and prints, its exit statuses and files, and one line for whatever is wrong."""

import os
import re
import signal
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from pdeopt.cli import main
from pdeopt.networks import (
    MLP,
    Data,
    EarlyStop,
    Scan,
    TrainingEnsemble,
    circles,
    load,
    scan,
    spirals,
    train,
    train_ensemble,
)
from pdeopt.optimizers import BAOAB, LOL, SGD, Adam, AdLa, AdLaLa, ElasticSGD, EntropySGD, Langevin, Partition
from pdeopt.optimizers.schedules import Annealing, Cosine, PiecewiseConstant, Warmup

FEW = ("--n-train", 40, "--n-test", 20, "--steps", 30, "--batch", 10)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    yield
    plt.close("all")


def run(capsys, *words):
    """Run the command; return its status, what it printed and what it complained."""
    status = main(["train", *map(str, words)])
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def output(capsys, *words):
    """Run a command that must succeed without a word of complaint, and return what it printed."""
    status, text, complaint = run(capsys, *words)
    assert (status, complaint) == (0, "")
    return text


def complaint(capsys, *words):
    """Run a command that must fail, and return the one line it complains with."""
    status, _, line = run(capsys, *words)
    assert status == 2
    assert line.startswith("pdeopt: error: ")
    assert line.count("\n") == 1
    return line


def test_the_list_has_every_method_with_its_defaults(capsys):
    text = output(capsys, "--methods")
    assert re.search(r"^sgd +step_size=0\.1$", text, re.MULTILINE)
    assert re.search(r"^adlala +step_size=0\.25 temperature=0\.0001 sigma=0\.01 coupling=0\.1", text, re.MULTILINE)
    assert "partition" not in text


def test_a_method_is_explained_by_its_settings_and_notes(capsys):
    text = output(capsys, "--methods", "adlala")
    assert "  friction=0.5\n      gamma_2, of the other layers" in text
    assert "half a kick" in text
    assert ">>>" not in text


def test_the_help_teaches_by_examples(capsys):
    text = output(capsys, "--help")
    assert text.count("\n  pdeopt train") >= 8
    assert "Exit status" in text


def trained(method, net=None, **settings):
    """Return what the function gives on the data of FEW."""
    data = spirals(n_train=40, n_test=20, seed=settings.get("seed", 0))
    return train(net or MLP([2, 20, 1]), data, method, **{"n_steps": 30, "batch_size": 10, **settings})


METHODS = {
    "--method adam --set step_size=0.01 decay=0.8": Adam(0.01, decay=0.8),
    "--method adlala:friction=inf,other_temperature=1e-5 --set scope=tensor": AdLaLa(
        friction=np.inf, other_temperature=1e-5, scope="tensor"
    ),
    "--method ubu:temperature=0": Langevin(temperature=0.0, word="UBU"),
    "--layer first=adla:sigma=0.1 --layer rest=sgd": Partition({"first": AdLa(sigma=0.1), "rest": SGD()}),
    "--method LOL": LOL(),
    "--method entropy_sgd:n_inner=3,beta=inf,scaled=false": EntropySGD(n_inner=3, beta=np.inf, scaled=False),
    "--method ElasticSGD:center_step_size=none": ElasticSGD(),
    "--method adam:step_size=cosine:0.1:100,decay=0.8": Adam(Cosine(0.1, 100), decay=0.8),
    "--method baoab:temperature=annealing:1e-3:1e-5:20,step_size=warmup(cosine(0.2,30,end=0.1),5)": BAOAB(
        Warmup(Cosine(0.2, 30, end=0.1), 5), temperature=Annealing(1e-3, 1e-5, 20)
    ),
    "--method sgd --set step_size=piecewise([0.2,0.1],[9])": SGD(PiecewiseConstant([0.2, 0.1], [9])),
}


@pytest.mark.parametrize("words", METHODS)
def test_a_run_is_that_of_the_function_to_the_bit(capsys, words):
    output(capsys, *FEW, *words.split(), "--seed", 3, "--save", "fit.npz")
    assert np.array_equal(load("fit.npz").parameters, trained(METHODS[words], seed=3).parameters)


NETS = {
    "--hidden 4 3 --activation tanh": MLP([2, 4, 3, 1], "tanh"),
    "--hidden 4,3": MLP([2, 4, 3, 1]),
    "--hidden 0": MLP([2, 1]),
    "--sizes 2,5,2": MLP([2, 5, 2], "relu", "softmax"),
    "--loss squared --hidden 5": MLP([2, 5, 1], "relu", "squared"),
}


@pytest.mark.parametrize("words", NETS)
def test_a_network_is_named_by_its_hidden_or_all_layers(capsys, words):
    output(capsys, *FEW, *words.split(), "--method", "sgd", "--save", "fit.npz")
    fit = load("fit.npz")
    assert (fit.net.sizes, fit.net.activation, fit.net.loss_name) == (
        NETS[words].sizes,
        NETS[words].activation,
        NETS[words].loss_name,
    )


def test_a_row_is_printed_for_each_record_with_temperatures_and_thermostats(capsys):
    text = output(capsys, *FEW, "--record-every", 10)
    history = trained(AdLaLa(), record_every=10).history
    rows = [line.split() for line in text.splitlines() if re.match(r" +\d+ +\S+ +\S+ ", line)]
    assert [row[0] for row in rows] == ["0", "10", "20", "30"]
    last = [history.train_loss[-1], history.test_loss[-1], 100 * history.train_accuracy[-1]]
    last += [100 * history.test_accuracy[-1], *(history.kinetic_half[name][-1] for name in ("layer1", "layer2"))]
    assert [float(cell) for cell in rows[-1][1:]] == pytest.approx(
        [*last, *[z[-1] for z in history.friction.values()]], rel=1e-3
    )
    assert re.search(r"step +train loss +test loss +train % +test % +T layer1 +T layer2 +friction layer1", text)


def test_rows_are_printed_while_training_goes_on(capsys, monkeypatch):
    seen = []

    def endless(*_, on_record, **__):
        on_record({"step": 0, "train_loss": 0.7})
        seen.append(capsys.readouterr().out.splitlines()[-1].split())
        raise KeyboardInterrupt

    monkeypatch.setattr("pdeopt.cli.training.train", endless)
    assert run(capsys)[0] == 130
    assert seen == [["0", "0.7"]]


def test_a_long_run_has_about_twenty_rows_and_the_last_one_among_them(capsys):
    text = output(capsys, *FEW, "--steps", 430, "--method", "sgd")
    steps = [int(line.split()[0]) for line in text.splitlines() if re.match(r" +\d+ +\S+ +\S+ ", line)]
    assert 18 <= len(steps) <= 23
    assert (steps[0], steps[-1]) == (0, 430)


def test_quiet_prints_the_result_alone(capsys):
    text = output(capsys, *FEW, "--method", "sgd", "--quiet")
    fit = trained(SGD())
    head, *scores = text.splitlines()
    assert re.fullmatch(r"finished after 30 steps, \S+ s", head)
    assert scores == [
        f"  train loss {fit.train_loss:.5g}, accuracy {100 * fit.train_accuracy:.2f} %",
        f"  test  loss {fit.test_loss:.5g}, accuracy {100 * fit.test_accuracy:.2f} %",
    ]


def test_settings_of_batches_and_epochs_and_start_arrive(capsys):
    words = ("--batch", "20%", "--batches", "whole-epochs", "--epochs", 3, "--initial", 0.3)
    output(capsys, "--n-train", 40, "--n-test", 20, *words, "--method", "sgd", "--save", "fit.npz")
    expected = trained(SGD(), n_steps=15, batch_size=8, batches="whole epochs", initial=0.3)
    assert np.array_equal(load("fit.npz").parameters, expected.parameters)


@pytest.mark.parametrize("more", [("--steps", 50), ("--epochs", 12.5)])
def test_a_file_is_enough_to_go_on_and_the_bits_are_those_of_one_long_run(capsys, more):
    settings = ("--layer", "first=adla", "--layer", "rest=sgd", "--turns", 1, "--hidden", 5, "--seed", 4)
    output(capsys, *FEW, *settings, "--save", "fit.npz")
    output(capsys, "--resume", "fit.npz", *more, "--save", "more.npz")
    output(capsys, *FEW, *settings, "--steps", 50, "--save", "whole.npz")
    assert np.array_equal(load("more.npz").parameters, load("whole.npz").parameters)
    assert load("more.npz").n_steps == 50


def test_a_file_of_the_function_goes_on_where_all_is_typed_again(capsys):
    fit = trained(SGD())
    fit.save("fit.npz")
    output(capsys, *FEW, "--method", "sgd", "--resume", "fit.npz", "--steps", 40, "--save", "more.npz")
    assert np.array_equal(load("more.npz").parameters, trained(SGD(), n_steps=40).parameters)


def test_what_does_not_go_with_a_file_is_refused(capsys, tmp_path):
    output(capsys, *FEW, "--method", "sgd", "--save", "fit.npz")
    (tmp_path / "none.npz").write_bytes(b"nothing")
    assert "--turns does not go with --resume fit.npz" in complaint(capsys, "--resume", "fit.npz", "--turns", 1)
    assert "--method does not go with --resume" in complaint(capsys, "--resume", "fit.npz", "--method", "adam")
    assert "--set does not go with --resume" in complaint(capsys, "--resume", "fit.npz", "--set", "step_size=1")
    assert "--steps 20 is the total" in complaint(capsys, "--resume", "fit.npz", "--steps", 20)
    assert "has done all of its 30 steps; add e.g. --steps 60" in complaint(capsys, "--resume", "fit.npz")
    assert "leave --runs out" in complaint(capsys, "--resume", "fit.npz", "--runs", 2)
    assert "--resume other.npz does not exist" in complaint(capsys, "--resume", "other.npz")
    assert "--resume none.npz is no trained network" in complaint(capsys, "--resume", "none.npz")


def test_an_interrupt_keeps_what_was_done_and_the_file_goes_on_to_the_planned_end(capsys, monkeypatch):
    def interrupt(table, record):
        if record["step"] == 10:
            os.kill(os.getpid(), signal.SIGINT)

    words = (*FEW, "--method", "adam", "--record-every", 5)
    with monkeypatch.context() as patched:
        patched.setattr("pdeopt.cli.training_table.LiveTable.__call__", interrupt)
        status, _, told = run(capsys, *words, "--save", "fit.npz")
    assert status == 130
    assert re.search(r"interrupted at step 1\d; go on by --resume fit.npz$", told)
    output(capsys, "--resume", "fit.npz", "--save", "fit.npz")
    assert np.array_equal(load("fit.npz").parameters, trained(Adam()).parameters)


def test_a_blow_up_is_one_line_with_step_and_layer_and_status_1(capsys):
    status, text, told = run(capsys, *FEW, "--method", "sgd:step_size=1e200", "--save", "fit.npz")
    assert status == 1
    assert re.match(r"pdeopt: .*at step \d+, in layer\d", told)
    assert told.count("\n") == 1
    assert "blown up after" in text
    assert load("fit.npz").stopped == "blown up"


def test_a_run_stops_early_with_its_best_parameters(capsys):
    words = ("--patience", 20, "--watch", "test-loss", "--record-every", 5, "--steps", 4000)
    output(capsys, *FEW, *words, "--method", "sgd:step_size=20", "--initial", 0.5, "--save", "fit.npz")
    stop = EarlyStop(20, "test_loss")
    expected = trained(SGD(20.0), initial=0.5, record_every=5, n_steps=4000, early_stop=stop)
    fit = load("fit.npz")
    assert np.array_equal(fit.parameters, expected.parameters)
    assert fit.stopped == "early"


def test_data_of_a_file_are_trained_on_with_as_many_outputs_as_classes(capsys):
    write("mine.npz")
    output(capsys, "--data", "mine.npz", "--steps", 20, "--batch", 5, "--method", "sgd", "--save", "fit.npz")
    with np.load("mine.npz") as file:
        data = Data(**{name: file[name] for name in file.files})
    expected = train(MLP([3, 20, 3]), data, SGD(), n_steps=20, batch_size=5)
    assert np.array_equal(load("fit.npz").parameters, expected.parameters)


def test_a_saved_data_set_and_numbers_to_predict_are_read_too(capsys):
    circles(n_train=20, n_test=10).save("circles.npz")
    assert "circles: points in 2" in output(capsys, "--data", "circles.npz", "--steps", 5, "--method", "sgd")
    write("curve.npz", y_train=np.linspace(0.0, 1.0, 30), x_test=None, y_test=None)
    text = output(capsys, "--data", "curve.npz", "--steps", 5, "--method", "sgd")
    assert "3-20-1, relu, squared loss" in text
    assert "test %" not in text


def test_every_example_of_the_help_and_of_the_page_runs(capsys):
    write("mine.npz")
    page = (Path(__file__).parents[1] / "docs" / "networks.md").read_text()
    typed = re.findall(r"^ *pdeopt train( .*)?$", output(capsys, "--help"), re.MULTILINE)
    typed += re.findall(r"^pdeopt train( .*?)?(?:   .*)?$", page, re.MULTILINE)
    commands = [command for command in typed if "mnist" not in command]
    assert len(commands) >= 18
    for command in commands:
        words = re.sub(r" --(steps|plot|runs|batch|epochs) \S+", "", command).split()
        n_steps = 6 if "--resume" in words else 3
        few = () if {"--resume", "mine.npz"} & set(words) else ("--n-train", 40, "--n-test", 20)
        runs = ("--runs", 2) if re.search("--(runs|scan)", command) else ()
        output(capsys, *words, "--steps", n_steps, *few, *runs)


def test_runs_of_many_seeds_are_those_of_the_function_with_means_and_standard_errors(capsys):
    text = output(capsys, *FEW, "--runs", 3, "--seed", 5, "--method", "adam:step_size=0.01", "--save", "many.npz")
    data = lambda seed: spirals(n_train=40, n_test=20, seed=seed)  # noqa: E731
    expected = train_ensemble(MLP([2, 20, 1]), data, Adam(0.01), n_runs=3, seed=5, n_steps=30, batch_size=10, threads=1)
    kept = TrainingEnsemble.load("many.npz")
    assert np.array_equal(kept.parameters, expected.parameters)
    assert re.search(rf"test accuracy +{expected.mean():.4f} +{expected.standard_error():.4f}", text)
    assert text.endswith("saved many.npz\n")


def test_a_seed_of_the_data_gives_all_runs_the_same_set(capsys):
    output(capsys, *FEW, "--runs", 2, "--data-seed", 7, "--method", "sgd", "--save", "many.npz")
    data = spirals(n_train=40, n_test=20, seed=7)
    expected = train_ensemble(MLP([2, 20, 1]), data, SGD(), n_runs=2, n_steps=30, batch_size=10, threads=1)
    assert np.array_equal(TrainingEnsemble.load("many.npz").parameters, expected.parameters)


def test_a_scan_compares_settings_with_the_numbers_of_the_function(capsys):
    grid = ("--scan", "step_size=0.1,0.5", "width=3,6", "--runs", 2)
    text = output(capsys, *FEW, "--method", "sgd", *grid, "--save", "scan.npz", "--plot", "scan.png")
    data = lambda seed: spirals(n_train=40, n_test=20, seed=seed)  # noqa: E731
    settings = {"step_size": [0.1, 0.5], "width": [3, 6]}
    expected = scan(MLP([2, 20, 1]), data, SGD(), settings, n_runs=2, n_steps=30, batch_size=10, threads=1)
    assert np.array_equal(Scan.load("scan.npz").final, expected.final)
    assert re.search(rf"0\.5 +6 +{expected.mean()[1, 1]:.4f} +{expected.standard_error()[1, 1]:.4f}", text)
    assert text.endswith("saved scan.npz\ndrew scan.png\n")


SCANS = {
    "--method sgd --scan batch=5,10 batches=fresh,epochs": {"batch_size": [5, 10], "batches": ["fresh", "epochs"]},
    "--layer first=adam --layer rest=sgd --scan first.step_size=0.1,0.2 initial=0.1,uniform": {
        "first.step_size": [0.1, 0.2],
        "initial": [0.1, "uniform"],
    },
    "--method adlala --scan friction=1,cosine(2,20)": {"friction": [1.0, Cosine(2, 20)]},
    "--scan method=sgd:step_size=0.2,lol": {"method": [SGD(0.2), LOL()]},
}


@pytest.mark.parametrize("words", SCANS)
def test_a_scan_reads_values_as_its_settings_are(capsys, monkeypatch, words):
    class ReachedError(Exception):
        pass

    def asked(_net, _data, _method, settings, **_):
        assert settings == SCANS[words]
        raise ReachedError

    monkeypatch.setattr("pdeopt.cli.training_runs.scan", asked)
    status, _, told = run(capsys, *FEW, *words.split())
    assert (status, told.split(":")[2].strip()) == (2, "ReachedError")


def write(path, **changes):
    """Write a file of data; an argument of None leaves an entry out."""
    x, y = np.random.default_rng(0).normal(size=(30, 3)), np.arange(30) % 3
    content = {"x_train": x, "y_train": y, "x_test": x[:9], "y_test": y[:9]} | changes
    np.savez(path, **{name: entry for name, entry in content.items() if entry is not None})


PICTURES = {
    "": 5,
    "--method sgd": 4,
    "--runs 2 --method sgd": 3,
    "--runs 2 --method sgd --average-last 3": 3,
    "--sizes 2,5,2 --method sgd": 3,
    "--data mine.npz --method adla": 4,
    "--data curve.npz --method sgd": 2,
}


@pytest.mark.parametrize("words", PICTURES)
def test_histories_are_drawn_and_of_two_classes_in_the_plane_the_boundary(capsys, monkeypatch, words):
    write("mine.npz")
    write("curve.npz", y_train=np.linspace(0.0, 1.0, 30), x_test=None, y_test=None)
    drawn = []
    monkeypatch.setattr("pdeopt.cli.training.plot.save", lambda figure, path: drawn.append(len(figure.axes)) or path)
    few = ("--steps", 20, "--batch", 5) if "npz" in words else FEW
    assert output(capsys, *few, *words.split(), "--plot", "fit.png").endswith("drew fit.png\n")
    assert drawn == [PICTURES[words]]


def test_the_picture_is_a_whole_file(capsys):
    assert output(capsys, *FEW, "--method", "sgd", "--plot", "fit.png").endswith("drew fit.png\n")
    with Image.open("fit.png") as picture:
        assert min(picture.size) > 300


def test_mnist_is_read_from_its_files(capsys, tmp_path):
    rng = np.random.default_rng(0)
    for part in ("train", "t10k"):
        pixels, labels = rng.integers(0, 256, (30, 2, 2), np.uint8), (np.arange(30) % 10).astype(np.uint8)
        for name, array in ((f"{part}-images-idx3-ubyte", pixels), (f"{part}-labels-idx1-ubyte", labels)):
            head = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
            (tmp_path / name).write_bytes(head + array.tobytes())
    text = output(
        capsys, "--mnist", ".", "--hidden", 5, "--n-train", 20, "--epochs", 2, "--batch", 5, "--method", "sgd"
    )
    assert "4-5-10, relu, softmax loss" in text
    assert "8 steps of 5 points" in text


def test_a_command_that_was_killed_leaves_a_file_to_go_on_from(capsys, monkeypatch):
    words = (*FEW, "--method", "sgd")

    def killed(*_, checkpoint, **__):
        trained(SGD(), n_steps=10, record_every=1).save(checkpoint)
        raise SystemExit(1)

    with monkeypatch.context() as patched:
        patched.setattr("pdeopt.cli.training.train", killed)
        run(capsys, *words, "--save", "fit.npz")
    output(capsys, *words, "--resume", "fit.npz", "--save", "fit.npz")
    assert np.array_equal(load("fit.npz").parameters, trained(SGD()).parameters)


def test_a_file_of_another_run_is_replaced_and_not_gone_on_with(capsys):
    output(capsys, *FEW, "--method", "adam", "--save", "fit.npz")
    output(capsys, *FEW, "--method", "sgd", "--save", "fit.npz")
    assert np.array_equal(load("fit.npz").parameters, trained(SGD()).parameters)


BAD_WORDS = {
    "--method adm": "--method adm is unknown; use adam.",
    "--method adam:lr=1": "adam has no setting 'lr'; use step_size, decay, square_decay, floor.",
    "--method adam --set step_sise=1": "adam has no setting 'step_sise'; use step_size.",
    "--method adam:step_size": "'step_size' is no setting of adam; write NAME=VALUE, e.g. step_size=0.001.",
    "--method adam:step_size=big": "step_size=big must be a number, e.g. step_size=0.001.",
    "--method adam:step_size=1 --set step_size=2": "step_size of adam is given twice; give it once",
    "--method sgd:step_size=-1": "step_size=-1.0 must be positive",
    "--method sgld:amplitude=big": "amplitude='big' must be one of",
    "--method entropy-sgd:n_inner=2.5": "n_inner=2.5 must be a whole number, e.g. n_inner=20.",
    "--method entropy-sgd:scaled=maybe": "scaled=maybe must be true or false, e.g. scaled=true.",
    "--method sgd:step_size=cosin:1:2": "step_size=cosin:1:2: cosin is no schedule; use cosine.",
    "--method sgd:step_size=cosine:1": "missing 1 required positional argument: 'n_steps')",
    "--method sgd:step_size=cosine:1:-2": "n_steps=-2 must be a whole number from 1 on",
    "--method sgd:step_size=cosine(1,f())": "f is no schedule",
    "--method sgd:step_size=cosine(1": "step_size=cosine(1; write e.g. step_size=cosine:0.1:10000",
    "--method sgd:step_size=cosine(1,2*3)": "2 * 3 is no number",
    "--method sgd:step_size=abs.f(1)": "no schedule",
    "--method ABC": "--method ABC is unknown; use",
    "--layer first": "--layer first must be PART=METHOD, e.g. --layer first=adla:temperature=1e-4.",
    "--layer first=adlala": "adlala is for whole networks; for a part use",
    "--layer first=sgd": "no part takes parameter 60. Add 'rest'",
    "--layer frist=sgd --layer rest=sgd": "part='frist' is not a part of these parameters. Use one of layer1",
    "--layer first=sgd --layer layer1=adam --layer rest=sgd": "overlap",
    "--layer rest=sgd --method adam": "--method is for one method on all layers",
    "--layer rest=sgd --set step_size=1": "--set is for one method on all layers",
    "--methods adm": "--methods adm is unknown; use adam.",
    "--data spiral": "--data spiral is unknown; use spirals.",
    "--data moons --turns 3": "--turns does not apply to moons; use --n-train, --n-test, --noise.",
    "--data mine.npz": "--data mine.npz does not exist.",
    "--data mnist": "--data mnist needs the folder of its files; use --data mnist --mnist path/to/folder.",
    "--data xor --mnist here": "--data xor does not go with --mnist here",
    "--mnist nowhere": "--mnist 'nowhere' is no folder: no train-images-idx3-ubyte",
    "--n-train 3": "--n-train 3 must be an even number of at least 2. Use --n-train 2.",
    "--noise -1": "--noise -1.0 must be a finite number at least 0. Use --noise 0.02.",
    "--seed -1": "--seed -1 must be at least 0, e.g. --seed 0.",
    "--data-seed -1": "--data-seed -1 must be at least 0, e.g. --data-seed 0.",
    "--hidden many": "--hidden many must be positive whole numbers, e.g. --hidden 20",
    "--hidden -5": "--hidden -5 must be positive whole numbers",
    "--sizes 3,20,1": "--sizes begins with 3, but points of spirals have 2 coordinates; use --sizes 2,20,1.",
    "--sizes 2,20,7": "does not fit spirals with 2 classes",
    "--sizes 2,20,1 --hidden 3": "--sizes says all layers; leave --hidden out.",
    "--activation rely": "--activation rely is unknown; use relu.",
    "--loss hinge": "--loss hinge is unknown; use logistic or softmax or squared.",
    "--steps 0": "--steps 0 must be at least 1, e.g. --steps 10000.",
    "--steps many": "argument --steps: invalid int value: 'many'",
    "--epochs 0": "--epochs 0 must be positive, e.g. --epochs 20.",
    "--epochs 3 --steps 100": "--epochs 3 and --steps 100 both say how long; leave one out.",
    "--batch 0": "--batch 0 must be a whole number from 1 to 500, or a share, e.g. --batch 2%.",
    "--batch 501": "--batch 501 must be a whole number from 1 to 500",
    "--batch 200%": "--batch 200% must be",
    "--batch half": "--batch half must be",
    "--batches eppochs": "--batches eppochs is unknown; use epochs.",
    "--initial big": "--initial big must be uniform or a standard deviation, e.g. --initial 0.5.",
    "--initial -1": "must be",
    "--runs 0": "--runs 0 must be at least 1, e.g. --runs 100.",
    "--record-every 0": "--record-every 0 must be at least 1, e.g. --record-every 100.",
    "--threads 0": "--threads 0 must be at least 1, e.g. --threads 2.",
    "--scan step_size": "--scan step_size must be NAME=VALUE,VALUE, e.g. --scan step_size=0.1,0.2.",
    "--scan step_sise=1,2": "--scan step_sise is unknown; use step_size.",
    "--scan step_size=1,a": "--scan step_size=1,a: step_size=a must be a number",
    "--scan width=1,a": "--scan width=1,a: a must be a positive whole number, e.g. 10.",
    "--scan batches=fresh,stale": "--scan batches=fresh,stale: stale is unknown; use epochs or whole-epochs or fresh.",
    "--method sgd --scan width=1,2 batch=1,2 step_size=1,2 --plot a.png": "--plot draws scans of one setting or two",
    "--scan width=1,2 --patience 10": "--patience is for one network; leave --runs and --scan out.",
    "--scan width=1,2 --record-every 10": "--record-every does not go with --scan, which looks at the end only.",
    "--average-last 5": "--average-last goes with --runs, e.g. --runs 10.",
    "--plot fit.txt": "--plot fit.txt must end in .png",
    "--save fit.txt": "--save fit.txt must end in .npz",
    "--save no/fit.npz": "--save no/fit.npz cannot be written: no is no folder.",
    "adam": "unrecognized arguments: adam",
}


@pytest.mark.parametrize("words", BAD_WORDS)
def test_a_bad_argument_is_one_line_that_says_what_would_do(capsys, words):
    assert BAD_WORDS[words] in complaint(capsys, *words.split())


BAD_FILES = {
    "must hold x_train and y_train, and perhaps x_test, y_test; it holds y_train, x_test, y_test": {"x_train": None},
    "x_train[3, 1]=nan is not finite": {"x_train": np.where(np.arange(90).reshape(30, 3) == 10, np.nan, 1.0)},
    "x_train has 30 rows and y_train 29": {"y_train": np.arange(29) % 3},
    "y_train holds <U1": {"y_train": np.full(30, "a")},
    "x_test has shape (9, 2) and x_train (30, 3)": {"x_test": np.zeros((9, 2))},
    "y_test=None, but x_test is given": {"y_test": None},
    "y_test holds 7, labels of n_classes=3 are 0 to 2": {"y_test": np.full(9, 7)},
}


@pytest.mark.parametrize("message", BAD_FILES)
def test_a_bad_file_of_data_is_one_line_that_says_what_it_lacks(capsys, message):
    write("mine.npz", **BAD_FILES[message])
    assert message in complaint(capsys, "--data", "mine.npz", "--steps", 5)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive", b"1, 2"])
def test_what_is_no_file_of_arrays_is_one_line(capsys, tmp_path, content):
    (tmp_path / "mine.npz").write_bytes(content)
    assert "mine.npz" in complaint(capsys, "--data", "mine.npz")
