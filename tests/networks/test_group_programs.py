"""Methods on groups of tensors: names of layers, learning rates, and tensors that sit out a step. No torch needed."""

from dataclasses import replace

import numba
import numpy as np
import pytest

from pdeopt.kernels import programs
from pdeopt.kernels.networks import stretches
from pdeopt.kernels.random import VECTOR_CHUNK
from pdeopt.networks.group_programs import Block, Stretches, Tensor, blocks_of, put_together, rate_of, with_rate
from pdeopt.networks.tensor_names import by_module, by_order, in_one_layer
from pdeopt.optimizers import BAOAB, OBABO, SGD, Adam, AdLa, AdLaLa, Partition, Structure
from pdeopt.optimizers.interpreter import interpret
from pdeopt.optimizers.machine import n_blocks

NAMES = ["layer1.weight", "layer1.bias", "layer2.weight", "layer2.bias"]
SIZES = (6, 3, 9, 700)


@numba.njit(cache=True)
def run_stretch(code, constants, bank, frictions, seed, run, step, scratch):
    return stretches.run_stretch(code, constants, bank, frictions, seed, run, step, scratch)


def tensors(rate=0.1, **changes):
    edges = np.cumsum([0, *SIZES]).tolist()
    every = [Tensor(name, a, b, rate) for name, a, b in zip(NAMES, edges[:-1], edges[1:], strict=True)]
    return [replace(one, **changes.get(one.name.replace(".", "_"), {})) for one in every]


def places(machine):
    return [(str(part.method), [(s.start, s.stop) for s in part.slices], part.thermostat) for part in machine.parts]


def test_a_block_of_everything_is_the_method_on_its_layers():
    method = AdLaLa(0.1)
    slices = {"layer1": slice(0, 9), "layer2": slice(9, 718)}
    ours, own = put_together([Block(method, tensors())]), method.machine(Structure(718, slices))
    assert places(ours) == places(own)
    assert np.array_equal(ours.code, own.code)
    assert np.array_equal(ours.constants(np.arange(3)), own.constants(np.arange(3)))


def test_groups_with_a_method_of_their_own_are_blocks_and_the_others_are_one():
    first, second, third, fourth = tensors()
    groups = [(SGD(), False, [first]), (AdLa(), True, [second]), (SGD(), False, [third, fourth])]
    blocks = blocks_of(groups)
    assert [[one.name for one in block.tensors] for block in blocks] == [[NAMES[0], *NAMES[2:]], NAMES[1:2]]
    assert places(put_together(blocks))[0][1] == [(0, 6), (9, 718)]
    assert places(put_together(blocks))[1][1:] == ([(6, 9)], "group1.layer1")


def test_tensors_that_sit_out_are_cut_out_and_the_registers_stay():
    block = Block(AdLaLa(0.1), tensors(layer1_bias={"active": False}, layer2_weight={"active": False}))
    whole, cut = put_together([Block(AdLaLa(0.1), tensors())]), put_together([block])
    assert [part[1] for part in places(cut)] == [[(0, 6)], [(18, 718)]]
    assert cut.registers == whole.registers
    assert list(cut.thermostats) == ["layer1"]
    assert put_together([Block(BAOAB(), [replace(one, active=False) for one in tensors()])]).parts == []


def test_a_late_tensor_has_the_numbers_of_its_own_steps():
    block = Block(Adam(0.1), tensors(layer2_bias={"late": 4}))
    machine = put_together([block])
    steps = np.arange(4, 7)
    adam = machine.code[:, programs.OPERATION] == programs.ADAM
    early, late = (adam & (machine.code[:, programs.START] == start) for start in (0, 18))
    found, own = machine.constants(steps), put_together([Block(Adam(0.1), tensors())])
    assert np.array_equal(found[:, late], own.constants(steps - 4)[:, -1:])
    assert np.array_equal(found[:, early], own.constants(steps)[:, -1:])


def blocks_used(code):
    """Return the numbers of all blocks of words that rows of a program draw from."""
    noisy = [row for row in code if row[programs.OPERATION] == programs.NOISE]
    counts = [n_blocks(row[programs.STOP] - row[programs.START]) for row in noisy]
    return [set(range(row[programs.BLOCK], row[programs.BLOCK] + n)) for row, n in zip(noisy, counts, strict=True)]


def test_what_different_tensors_draw_before_and_after_a_gradient_never_coincides():
    found = []
    for sits_out in ("layer2_bias", "layer1_weight"):
        machine = put_together([Block(OBABO(0.1), tensors(**{sits_out: {"active": False}}))])
        program = Stretches(machine, apart=True)
        found.append([blocks_used(program.of(k, 0)[0]) for k in (0, 1)])
    (before, after), (other_before, other_after) = found
    assert all(a.isdisjoint(b) for a in before for b in other_after)
    assert all(a.isdisjoint(b) for a in other_before for b in after)
    assert max(max(used) for used in after) < 2**32


def test_the_program_of_all_tensors_draws_what_the_machine_does():
    machine = put_together([Block(OBABO(0.1), tensors())])
    program = Stretches(machine, apart=False)
    code = np.concatenate([program.of(0, 5)[0], machine.code[program.bounds[0][1]][None], program.of(1, 5)[0]])
    assert np.array_equal(code, machine.code)
    assert len(program.of(2, 5)[0]) == 0


@pytest.mark.parametrize("steps", [(0, 255, 256, 257, 10), (600, 3)])
def test_numbers_that_change_are_those_of_the_step_in_any_order(steps):
    machine = put_together([Block(Adam(lambda n: 0.1 / (n + 1.0)), tensors())])
    program = Stretches(machine, apart=False)
    for step in steps:
        assert np.array_equal(program.of(1, step)[1], machine.constants(np.array([step]))[0, -1:])


def test_stretches_one_after_the_other_are_a_step_of_the_interpreter():
    machine = put_together([Block(AdLaLa(0.2, 1e-2, 0.1), tensors())])
    rng = np.random.default_rng(0)
    bank = rng.standard_normal((len(machine.registers), 718))
    expected, frictions, z = bank.copy(), np.array([0.3, 0.0]), np.array([0.3, 0.0])
    slope = rng.standard_normal(718)
    interpret(machine, expected, frictions, lambda x: slope, 3, 8)
    program, scratch = Stretches(machine, apart=False), np.empty(2 * VECTOR_CHUNK + 3)
    for k in (0, 1):
        bank[programs.SLOPE] = slope if k else bank[programs.SLOPE]
        assert run_stretch(*program.of(k, 3), bank, z, 8, 0, 3, scratch)
    np.testing.assert_allclose(bank, expected, rtol=0, atol=1e-13)
    np.testing.assert_allclose(z, frictions, rtol=1e-13)
    bank[programs.POINT, 5] = np.nan
    assert not run_stretch(*program.of(1, 3), bank, z, 8, 0, 3, scratch)


def test_a_learning_rate_takes_the_place_of_a_step_size():
    assert rate_of(SGD(0.3)) == 0.3
    assert with_rate(SGD(0.3), 0.3) == SGD(0.3)
    assert with_rate(AdLaLa(0.3), 0.2) == AdLaLa(0.2)
    assert rate_of(SGD(lambda n: 1.0 / (n + 1.0))) == rate_of(Partition({"all": SGD(0.3)})) == 1.0
    assert with_rate(SGD(lambda n: 1.0 / (n + 1.0)), 3.0).step_size(np.array(3)) == 0.75
    assert with_rate(Partition({"all": SGD(0.3)}), 0.5).methods["all"] == SGD(0.15)
    assert 0.0 < with_rate(SGD(0.3), 0.0).step_size < 1e-90


def test_tensors_are_named_by_layer():
    assert by_module(["in.weight", "out.0.w", "in.bias"], 4) == ["layer4.weight", "layer5.w", "layer4.bias"]
    assert by_order([1, 2, 1, 1], 2) == ["layer2.weight", "layer3.weight", "layer3.bias", "layer3.tensor3"]
    assert in_one_layer(["layer1.weight", "layer1.bias"], 3) == ["layer3.weight", "layer3.bias"]
    assert in_one_layer(["layer1.weight", "layer2.bias"], 3) == ["layer3.1.weight", "layer3.2.bias"]
