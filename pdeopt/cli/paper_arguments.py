"""The arguments of `pdeopt paper-check`, and their help."""

from pdeopt.cli.commands import Commands, add_command

__all__ = ["add_paper_check"]

DESCRIPTION = """\
Go through the 23 errata of "Deep relaxation: partial differential equations for optimizing deep neural networks"
(arXiv:1704.04932v2). For each a number is computed by the printed formula, by the corrected one, and by an oracle that
uses neither, such as quadrature of a definition, differences, linear algebra or simulated paths. An erratum is
confirmed where the corrected number agrees within the error bar and the printed one misses by more than ten of them.
"""

EXAMPLES = """\
examples
  pdeopt paper-check
      all of them, in a table
  pdeopt paper-check --only E1,E9 --details
      two of them, with the statements, the source of the oracle, and the function that has the corrected formula
  pdeopt paper-check --save paper.json
      keep the numbers; verification.PaperCheck.load reads them
  pdeopt paper-check --check docs/paper.md
      compare the tables of a page with fresh ones

Exit status: 0 all are confirmed, 1 one is not or a page says anything else, 2 bad input.
"""


def add_paper_check(commands: Commands) -> None:
    """Add the command to the program."""
    check = add_command(
        commands, "paper-check", "check the errata of the paper, printed against corrected", DESCRIPTION, EXAMPLES
    )
    check.add_argument("--only", nargs="+", metavar="E1,E9", help="some errata instead of all")
    check.add_argument("--seed", type=int, default=0, metavar="S", help="of the oracles that sample (0)")
    shown = check.add_mutually_exclusive_group()
    shown.add_argument("--details", action="store_true", help="print statements, sources and functions")
    shown.add_argument("--markdown", action="store_true", help="print tables in Markdown")
    shown.add_argument("--json", action="store_true", help="print everything as JSON")
    check.add_argument("--save", metavar="FILE.json", help="keep the numbers")
    page = check.add_mutually_exclusive_group()
    page.add_argument("--write", metavar="PAGE.md", help="write the tables of a page")
    page.add_argument("--check", metavar="PAGE.md", help="compare the tables of a page with fresh ones")
