"""The command line: what it prints and writes, and one line with status 2 for whatever is wrong."""

import re
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

import pdeopt
from pdeopt.cli import main

SPIRALS = Path(__file__).parents[1] / "examples" / "data" / "spirals_loss_plane.npz"
SMALL = ["--shape", "65"]


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    yield
    plt.close("all")


def output(capsys, *words):
    """Run a command that must succeed, and return what it printed."""
    status = main([str(word) for word in words])
    printed = capsys.readouterr()
    assert status == 0, printed.err
    return printed.out


def complaint(capsys, *words):
    """Run a command that must fail, and return the one line it complains with."""
    status = main([str(word) for word in words])
    lines = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("pdeopt: note:")]
    assert status == 2
    assert len(lines) == 1
    assert lines[0].startswith("pdeopt: error: ")
    return lines[0]


def write_plane(path, **changes):
    """Write a small grid file; an argument of None leaves an entry out."""
    x, y = np.linspace(-2.0, 2.0, 21), np.linspace(-1.0, 1.0, 17)
    loss = (x[:, None] ** 2 - 1) ** 2 + y**2
    content = {"x": x, "y": y, "loss": loss} | changes
    np.savez(path, **{name: entry for name, entry in content.items() if entry is not None})
    return path


def test_relax_prints_the_minima_before_and_after_with_depth_curvature_error_and_seconds(capsys):
    text = output(capsys, "relax", "double_well", "--time", 0.5, "--beta", 20, *SMALL)
    before, after = text.split("after, time 0.5, beta 20")
    assert re.search(r"\(-?0\.998\) +.*0\.25 +2", before)
    assert re.search(r"minimum at +value +depth +curvature", after)
    assert re.search(r"error (bound|estimate) \S+ at the minima, \S+ anywhere; [a-z-]+; \S+ s", after)


def test_the_printed_minimum_is_that_of_the_relaxed_quadratic(capsys):
    text = output(capsys, "relax", "quadratic", "--time", 3, "--beta", 2, *SMALL)
    row = text.split("after,")[1].splitlines()[2].split()
    assert float(row[1]) == pytest.approx(np.log(4.0) / 4.0, rel=1e-4)
    assert float(row[3]) == pytest.approx(0.25, rel=1e-3)


def test_the_wide_well_overtakes_the_sharp_one_at_the_theoretical_time(capsys):
    text = output(capsys, "relax", "wide_versus_sharp", "--time", 0.015, 0.018, "--beta", 10)
    assert text.splitlines()[-2] == "beta 10: 1<2 at time 0.015, 2<1 at time 0.018"


def test_the_order_of_trained_networks_turns_with_time_at_beta_10_and_not_at_beta_100(capsys, tmp_path):
    with np.load(SPIRALS) as file:
        coarse = {"x": file["x"][::2], "y": file["y"][::2], "loss": file["loss"][::2, ::2]}
        np.savez(tmp_path / "coarse.npz", **coarse, trained=file["trained"])
    text = output(capsys, "relax", "coarse.npz", "--time", 1, 200, "--beta", 10, 100)
    assert re.search(r"^beta 10: 1.2.3 at time 1, 1<3<2 at time 200$", text, re.MULTILINE)
    assert re.search(r"^beta 100: 1.2.3 at time 1, 1<2<3 at time 200$", text, re.MULTILINE)


def test_every_time_and_temperature_has_a_row(capsys):
    text = output(capsys, "relax", "double_well", "--time", 0.1, 1, "--beta", 1, "inf", *SMALL)
    assert len(re.findall(r"^after, ", text, flags=re.MULTILINE)) == 4
    assert "hopf-lax" in text


def test_suggested_commands_run(capsys):
    text = output(capsys, "relax", "tilted_double_well", "--suggest")
    commands = re.findall(r"^  pdeopt (relax .*--plot .*)$", text, flags=re.MULTILINE)
    assert len(commands) == 1
    assert "after, time" in output(capsys, *commands[0].split(), *SMALL)


def test_suggestions_name_the_critical_temperature(capsys):
    text = output(capsys, "relax", "wide_versus_sharp", "--suggest")
    assert re.search(r"beta 30 .*minimum 2, which is wider, overtakes minimum 1", text)


def test_time_and_beta_may_be_left_out(capsys):
    assert main(["relax", "double_well", *SMALL]) == 0
    assert "note: taking --time" in capsys.readouterr().err


def test_saved_results_load_again(capsys, tmp_path):
    output(capsys, "relax", "double_well", "--time", 0.5, "--beta", 2, *SMALL, "--save", "kept.npz")
    kept = pdeopt.load(tmp_path / "kept.npz")
    expected = pdeopt.relax(pdeopt.landscapes.double_well(), pdeopt.Grid(-2.0, 2.0, 65), 0.5, 2.0)
    assert np.array_equal(kept.values, expected.values)


def test_one_file_is_saved_for_each_temperature(capsys, tmp_path):
    output(capsys, "relax", "double_well", "--time", 0.5, "--beta", 2, "inf", *SMALL, "--save", "kept.npz")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept_beta_2.npz", "kept_beta_inf.npz"]


@pytest.mark.parametrize(("name", "shape"), [("double_well", 65), ("himmelblau", 33), ("rastrigin", 17)])
def test_pictures_and_animations_are_written_complete(capsys, tmp_path, name, shape):
    words = ["relax", name, "--time", 0.01, 0.1, "--beta", 1, "--shape", shape]
    dim = ["--dim", 3] if name == "rastrigin" else []
    output(capsys, *words, *dim, "--plot", "still.png", "--animate", "film.gif", "--frames", 3)
    with Image.open(tmp_path / "still.png") as still, Image.open(tmp_path / "film.gif") as film:
        assert min(still.size) > 300
        assert film.n_frames == 4
    assert len(list(tmp_path.iterdir())) == 2


def test_a_function_of_a_module_in_this_folder_is_relaxed(capsys, tmp_path):
    (tmp_path / "own_functions.py").write_text(
        "import numba\n\n@numba.njit\ndef bowl(x):\n    return x[0] ** 2 + 2 * x[1] ** 2\n\n\n"
        "def plain(x):\n    return x * x\n"
    )
    box = ["--lower", -1, "--upper", 1, "--shape", 17]
    text = output(capsys, "relax", "own_functions:bowl", "--dim", 2, *box, "--time", 0.5, "--beta", "inf")
    assert "bowl: 17 x 17 nodes" in text
    assert main(["relax", "own_functions:plain", "--lower=-1", "--upper=1", "--shape=17", "--time=1", "--beta=1"]) == 0
    assert "plain Python and slow" in capsys.readouterr().err
    assert "has no 'bowls'; it has bowl, plain" in complaint(capsys, "relax", "own_functions:bowls", "--time", 1)
    assert "no domain of its own; add e.g. --lower" in complaint(capsys, "relax", "own_functions:bowl", "--time", 1)


def test_all_layouts_of_a_file_say_the_same(capsys, tmp_path):
    x, y = np.arange(12.0), np.arange(9.0)
    values = (x[:, None] - 5) ** 2 + (y - 4) ** 2
    rows = [
        f"{a},{b},{v}"
        for (a, b), v in zip(np.stack(np.meshgrid(x, y, indexing="ij"), -1).reshape(-1, 2), values.ravel(), strict=True)
    ]
    np.savez(tmp_path / "a.npz", x=x, y=y, values=values)
    np.save(tmp_path / "a.npy", values)
    np.savetxt(tmp_path / "matrix.csv", values, delimiter=",")
    (tmp_path / "columns.csv").write_text("\n".join(["x,y,value", *reversed(rows)]))
    texts = [
        output(capsys, "relax", name, "--time", 1, "--beta", 1)
        for name in ("a.npz", "a.npy", "matrix.csv", "columns.csv")
    ]
    tables = {re.sub(r"; \S+ s$", "", text.partition(":")[2], flags=re.MULTILINE) for text in texts}
    assert len(tables) == 1


def test_a_csv_of_one_axis_has_positions_and_values(capsys, tmp_path):
    (tmp_path / "line.csv").write_text("# a bowl\n" + "\n".join(f"{x}; {(x - 2) ** 2}" for x in range(9)))
    assert "9 nodes, x 0 ... 8" in output(capsys, "relax", "line.csv", "--time", 1, "--beta", 1)


def test_the_unit_of_loss_divides_the_loss(capsys, tmp_path):
    write_plane(tmp_path / "a.npz")
    assert "loss 0 ... 2.5" in output(capsys, "relax", "a.npz", "--unit", 4, "--time", 1, "--beta", 1)


def test_boundaries_are_per_axis(capsys, tmp_path):
    write_plane(tmp_path / "a.npz")
    words = ["relax", "a.npz", "--time", 1, "--beta", 1]
    assert "periodic in x" in output(capsys, *words, "--boundary", "periodic", "reflecting")
    assert "periodic in y" in output(capsys, *words, "--periodic", "y")
    assert "periodic in x, y" in output(capsys, *words, "--periodic")


def test_landscapes_lists_the_whole_catalogue(capsys):
    text = output(capsys, "landscapes")
    assert [name for name in pdeopt.landscapes.CATALOGUE if not re.search(rf"^{name} ", text, re.MULTILINE)] == []


def test_info_names_versions_and_threads(capsys):
    text = output(capsys, "info")
    assert all(re.search(rf"^{name} +\S", text, re.MULTILINE) for name in ("pdeopt", "numpy", "numba", "threads"))


@pytest.mark.parametrize("words", [["--help"], ["relax", "--help"]])
def test_help_teaches_by_commands(capsys, words):
    assert "pdeopt relax double_well --" in output(capsys, *words)


BAD_WORDS = {
    "relax double_wel": "not in the catalogue. Use one of double_well",
    "relax nothing.npz": "nothing.npz does not exist",
    "relax nothing.txt": "files end in .npz, .npy, .csv",
    "relax missing:f": "cannot import missing",
    "relax math:nonsense": "math has no 'nonsense'",
    "relax json:__doc__": "must be a function of x or a Landscape",
    "relax double_well --time -1": "argument --time: -1 must be finite and not negative, e.g. 0.5",
    "relax double_well --time inf": "--time: inf must be finite",
    "relax double_well --time soon": "--time: invalid number value: 'soon'",
    "relax double_well --beta 0": "--beta: 0 must be positive",
    "relax double_well --beta nan": "--beta: nan must be positive",
    "relax double_well --boundary fre": "--boundary fre is unknown; use free",
    "relax double_well --boundary free free": "--boundary has 2 numbers for 1 axes",
    "relax double_well --method cole": "--method cole is unknown; use cole-hopf",
    "relax double_well --method hopf-lax --beta 1": "--method hopf-lax does not fit --beta 1",
    "relax double_well --shape 1": "shape=1 on axis 0 is below the limit of 2 nodes",
    "relax double_well --shape 5 5": "--shape has 2 numbers for 1 axes",
    "relax double_well --lower 3 --upper 1": "lower=3.0 is not below upper=1.0",
    "relax double_well --periodic q": "--periodic q: the axes are x",
    "relax himmelblau --dim 3": "--dim 3 does not fit himmelblau, which has 2",
    "relax ackley --dim 4": "ackley has 4 coordinates, a grid at most 3",
    "relax double_well --threads 0": "--threads: 0 must be at least 1",
    "relax double_well --unit 0": "--unit: 0 must be positive",
    "relax double_well --plot picture.xyz": "--plot picture.xyz must end in .png",
    "relax double_well --plot nowhere/picture.png": "nowhere is no folder",
    "relax double_well --animate film.mp4": "--animate film.mp4 must end in .gif",
    "relax double_well --save kept.txt": "--save kept.txt must end in .npz",
    "relax double_well --time 0 --animate film.gif": "--animate needs a positive --time",
    "relax": "required: INPUT",
    "relax double_well --colour red": "unrecognized arguments: --colour red",
    "relaxx double_well": "invalid choice: 'relaxx'",
    "": "required: COMMAND",
}


@pytest.mark.parametrize("words", BAD_WORDS)
def test_a_bad_argument_is_one_line_that_says_what_would_do(capsys, words):
    assert BAD_WORDS[words] in complaint(capsys, *words.split())


BAD_PLANES = {
    "must hold axes x, y, z and one field, values or loss; it holds x, y": {"loss": None},
    "it holds y, loss": {"x": None},
    "it holds x, y, loss, values": {"values": np.zeros((21, 17))},
    "loss has shape (3, 3), its axes x, y say (21, 17)": {"loss": np.zeros((3, 3))},
    "axis 0": {"x": np.zeros(21)},
    "values is nan at index (0, 0)": {"loss": np.full((21, 17), np.nan)},
    "values is -inf at index (0, 0)": {"loss": np.full((21, 17), -np.inf)},
    "loss in plane.npz is not numbers": {"loss": np.full((21, 17), "high")},
    "trained has shape (2, 3)": {"trained": np.zeros((2, 3))},
}


@pytest.mark.parametrize("message", BAD_PLANES)
def test_a_bad_grid_file_is_one_line_that_says_what_it_lacks(capsys, tmp_path, message):
    write_plane(tmp_path / "plane.npz", **BAD_PLANES[message])
    assert message in complaint(capsys, "relax", "plane.npz", "--time", 1, "--beta", 1)


BAD_FILES = {
    "broken.npz": (b"PK\x03\x04 but no archive", "broken.npz"),
    "empty.npz": (b"", "empty.npz cannot be read"),
    "text.npy": (b"1, 2, 3", "text.npy is not a NumPy file"),
    "objects.npy": (b"\x93NUMPY\x01\x00", "objects.npy"),
    "empty.csv": (b"\n", "empty.csv is empty"),
    "ragged.csv": (b"1,2\n3\n", "rows have [1, 2] entries"),
    "words.csv": (b"x,value\n1,2\n3,high\n", "row 3 holds ['3', 'high']"),
    "scattered.csv": (b"x,y,value\n0,0,1\n1,1,2\n2,0,3\n", "its 3 points are no grid"),
    "binary.csv": (b"\xff\xfe\x00\x01", "binary.csv cannot be read"),
    "data.toml": (b"a = 1", "files must end in .npz, .npy, .csv"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_malformed_file_is_one_line(capsys, tmp_path, name):
    content, message = BAD_FILES[name]
    (tmp_path / name).write_bytes(content)
    assert message in complaint(capsys, "relax", name, "--time", 1, "--beta", 1)


def test_options_that_a_file_settles_are_refused(capsys, tmp_path):
    write_plane(tmp_path / "a.npz")
    assert "--shape does not apply to a.npz" in complaint(capsys, "relax", "a.npz", "--shape", 5)
    assert "--lower and --upper do not apply" in complaint(capsys, "relax", "a.npz", "--lower", 5)
    assert "--dim 3 does not fit a.npz" in complaint(capsys, "relax", "a.npz", "--dim", 3)


def test_a_function_that_raises_is_one_line_and_debug_shows_where(capsys, tmp_path):
    (tmp_path / "raising.py").write_text("def broken(x):\n    raise RuntimeError('out of\\nreach')\n")
    words = ["relax", "raising:broken", "--lower", "0", "--upper", "1", "--time", "1"]
    assert "RuntimeError: out of reach (add --debug to see where)" in complaint(capsys, *words)
    assert main([*words, "--debug"]) == 2
    assert "Traceback" in capsys.readouterr().err


def test_a_folder_that_takes_no_file_is_one_line(capsys, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pdeopt.results.tempfile.mkstemp", refuse)
    words = ["relax", "double_well", "--time", 1, "--beta", 1, *SMALL, "--save", "kept.npz"]
    assert "the result cannot be written: Permission denied" in complaint(capsys, *words)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("pdeopt.cli.relaxing.relax", []),
        ("matplotlib.figure.Figure.savefig", ["--plot", "a.png"]),
        ("pdeopt.plot.gif.GifWriter.finish", ["--animate", "a.gif", "--frames", "2"]),
        ("pdeopt.results.np.savez", ["--save", "a.npz"]),
    ],
)
def test_an_interrupt_exits_with_130_and_leaves_no_file(capsys, tmp_path, monkeypatch, place, words):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(place, interrupt)
    assert main(["relax", "double_well", "--time", "1", "--beta", "1", *SMALL, *words]) == 130
    assert capsys.readouterr().err.splitlines()[-1] == "pdeopt: interrupted; no file was left half-written"
    assert list(tmp_path.iterdir()) == []
