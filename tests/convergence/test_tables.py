"""Tables of errors: their columns, their files, and the orders of this package's own solver."""

import csv

import numpy as np
import pytest
from reference import relaxed_absolute_value

import pdeopt
from pdeopt.convergence import EOCTable

H = 0.2 * 0.5 ** np.arange(4)


@pytest.fixture(scope="module")
def kink():
    """Return errors of |x| relaxed on its samples, beside its kink and away from it: the grid knows of no kink."""
    counts = np.array([34, 66, 130, 258, 514])
    spacings, computed, exact = 4.0 / (counts - 1), [], []
    for n in counts:
        grid = pdeopt.Grid(-2.0, 2.0, int(n))
        x = grid.axes[0]
        inside = np.abs(x) < 1.0
        r = pdeopt.relax(np.abs(x), grid, 0.5, beta=5.0, method="cell-exact")
        computed.append(r.values[inside])
        exact.append(relaxed_absolute_value(x, 0.5, 5.0)[inside])
    return EOCTable.of(spacings, computed, exact, unit="length")


def test_relaxation_of_samples_of_a_kink_is_of_order_2_in_every_norm(kink):
    assert set(kink.orders) == {"max", "l1", "l2"}
    for order in kink.orders.values():
        assert order.admits(2.0), str(order)
        assert order.bar < 0.1


def test_errors_of_a_side_that_refinement_does_not_remove_are_no_order():
    counts, errors = np.array([34, 66, 130, 258]), []
    for n in counts:
        grid = pdeopt.Grid(-2.0, 2.0, int(n))
        r = pdeopt.relax(np.abs(grid.axes[0]), grid, 0.5, beta=2.0, method="cell-exact")
        inside = np.abs(grid.axes[0]) < 1.0
        errors.append(np.abs(r.values - relaxed_absolute_value(grid.axes[0], 0.5, 2.0))[inside].max())
    order = EOCTable(4.0 / (counts - 1), {"max": errors}).orders["max"]
    assert str(order).startswith("irregular: local orders between 0.66 and 1.97 scatter")


def test_the_text_is_aligned_and_ends_with_the_orders(kink):
    head, *rows = str(kink).splitlines()[:6]
    assert head.split() == ["spacing", "max", "order", "l1", "order", "l2", "order"]
    assert {len(row) for row in rows[1:]} == {len(head)}
    last = str(kink).splitlines()[-3:]
    assert [line.partition(": order ")[0] for line in last] == ["max", "l1", "l2"]
    assert "+-" in last[0]


def test_the_markdown_has_a_row_for_each_spacing():
    lines = EOCTable(H, {"max": H**2}).to_markdown().splitlines()
    assert lines[0] == "| spacing | max | order |"
    assert lines[2] == "| 0.2 | 4.0000e-02 |  |"
    assert lines[3] == "| 0.1 | 1.0000e-02 | 2.00 |"
    assert lines[-1] == "max: order 2.000 +- 0.001"


def test_a_saved_table_is_read_back_with_all_digits(tmp_path):
    table = EOCTable(H, {"max": H**2 / 3.0})
    with table.save(tmp_path / "t.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [float(row["max"]) for row in rows] == (H**2 / 3.0).tolist()
    assert [float(row["max order"]) for row in rows[1:]] == pytest.approx([2.0] * 3)
    assert table.save(tmp_path / "t.md").read_text() == table.to_markdown() + "\n"


def test_other_files_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"must end in \.csv, \.md, \.txt"):
        EOCTable(H, {"max": H}).save(tmp_path / "t.xls")


def test_errors_that_vanish_have_no_local_order_but_a_mark():
    text = str(EOCTable(H, {"max": [0.1, 0.0, 0.0, 0.0]}))
    assert "nan" not in text
    assert text.splitlines()[2].split() == ["0.1", "0.0000e+00", "-"]


@pytest.mark.parametrize("column", [[0.1, 0.2], [0.1, -0.2, 0.1, 0.1], [0.1, np.inf, 0.1, 0.1]])
def test_columns_that_are_no_errors_are_refused(column):
    with pytest.raises(ValueError, match=r"errors\['l2'\]=.* must be 4 finite numbers, not negative"):
        EOCTable(H, {"l2": column})


def test_solutions_and_truth_of_different_shapes_are_refused():
    with pytest.raises(ValueError, match=r"computed has shape \(3,\), exact \(4,\); give both at the same nodes"):
        EOCTable.of([0.2, 0.1], [np.zeros(3)] * 2, [np.zeros(4)] * 2)
