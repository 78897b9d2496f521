"""The arguments of `pdeopt reproduce`, and their help."""

from pdeopt.cli.commands import Commands, add_command

__all__ = ["add_reproduce"]

ABOUT = """\
Compute a figure of "Partitioned integrators for thermodynamic parameterization of neural networks" (B. Leimkuhler,
C. Matthews, T. Vlaar, arXiv 1908.11843) again. The table says which numbers are printed in the paper and which are
ours, with standard errors over runs and the difference in units of them; below it stand the claims of the figure, and
which settings the paper gives and which had to be chosen.

FIGURE is a number, or what `pdeopt reproduce --list` shows.
"""

EXAMPLES = """\
examples
  pdeopt reproduce
      the figures there are
  pdeopt reproduce 8
      the table of means of 100 runs: SGD, Adam, SGLD, AdLaLa at two frictions
  pdeopt reproduce 8 --runs 20 --seed 1 --plot figure_8.png --save figure_8.json
      fewer runs from another seed; draws it and keeps the numbers
  pdeopt reproduce 8 forms
      the same figure under other readings of its caption
  pdeopt reproduce 16 --runs 2 --steps 10000
      shorter than the figure: numbers printed for later steps are left out
  pdeopt reproduce 5 --mnist folder/with/idx/files
      MNIST, from its four IDX files

A difference of two and a half standard errors at most agrees. Exit status: 0 computed, whatever the verdicts, 2 bad
input, 130 interrupted: then the table has the methods that were done.
"""


def add_reproduce(commands: Commands) -> None:
    """Add the command to the program."""
    reproduce = add_command(commands, "reproduce", "compute a figure of a paper on training again", ABOUT, EXAMPLES)
    reproduce.add_argument("figure", metavar="FIGURE", nargs="*", help="a number or a name (see above)")
    reproduce.add_argument("--list", action="store_true", help="list the figures")
    group = reproduce.add_argument_group("how much of it")
    group.add_argument("--runs", type=int, metavar="N", help="of each method; by default the figure's, or minutes")
    group.add_argument("--steps", type=int, metavar="N", help="of each run, instead of those of the figure")
    group.add_argument("--seed", type=int, default=2026, metavar="S", help="of run 0; run r has S + r (2026)")
    group.add_argument("--threads", type=int, metavar="N", help="all cores by default; the result is the same")
    group.add_argument("--mnist", metavar="FOLDER", help="of the four IDX files of MNIST, plain or .gz")
    group = reproduce.add_argument_group("what to keep")
    group.add_argument("--markdown", action="store_true", help="print the table in Markdown")
    group.add_argument("--plot", metavar="FILE", help="draw the figure (.png, .pdf, .svg)")
    group.add_argument("--save", metavar="FILE.json", help="keep the numbers, the verdicts and the settings")
