"""Mutants of the draws of schemes."""

from mutants.changes import Mutant

FILLING = "pdeopt.kernels.noise"
DISCRETE = "pdeopt.kernels.random.discrete"


def broken(name, scheme, old, new, module=FILLING, through=()):
    return Mutant(name, scheme, module, old, new, through=through)


NOISE = (
    broken(
        "noise used again two steps later",
        "euler-maruyama",
        "fill_normals(seed, first_path, 2 * index + 1, draw",
        "fill_normals(seed, first_path, 2 * index, draw",
    ),
    broken(
        "counters of two components collide",
        "euler-maruyama",
        "fill_normals(seed, first_path, 2 * index, draw",
        "fill_normals(seed, first_path, 2 * index, draw // 2",
    ),
    broken(
        "one sign for four steps", "weak-euler-two-point", "(step + phase) % STEPS_PER_WORD", "step % STEPS_PER_WORD"
    ),
    broken(
        "signs of probabilities 3/4 and 1/4",
        "weak-euler-two-point",
        "_sign(int(np.int64(row[i])), shift)",
        "_sign(int(np.int64(row[i] | (row[i] >> 1))), shift)",
        DISCRETE,
        (FILLING,),
    ),
    broken(
        "three points of probabilities 1/4, 1/2, 1/4",
        "weak-euler-three-point",
        "SIXTH = 715827883",
        "SIXTH = 1073741824",
        DISCRETE,
        (FILLING,),
    ),
    broken(
        "variance of increments added wrongly",
        "euler-maruyama",
        "scale = 1.0 / np.sqrt(total)\n    for",
        "scale = 1.0 / total\n    for",
    ),
    broken("integrals merged with the wrong power", "sra1", "/ substeps**1.5", "/ substeps"),
)
