"""`pdeopt paper-check`: the errata of the paper, printed, saved, and compared with a page."""

import sys
from argparse import Namespace
from pathlib import Path

from pdeopt.plot.files import replacing
from pdeopt.verification import PaperCheck, paper_check
from pdeopt.verification.pages import PAPER, block_of, with_block
from pdeopt.verification.paper.markdown import page_differences

ALL_CONFIRMED, SOME_NOT = 0, 1


def paper_check_command(options: Namespace) -> int:
    """Do what `pdeopt paper-check` was asked to do, and return the exit status."""
    _check_options(options)
    check = paper_check(_wanted(options.only), seed=options.seed, progress=True)
    _say(_text(check, options))
    differences = _pages(check, options)
    for line in differences:
        _say(line)
    if options.save:
        with replacing(options.save) as temporary:
            temporary.write_text(check.to_json(), encoding="utf-8")
        _tell(f"saved {options.save}")
    return ALL_CONFIRMED if check.passed and not differences else SOME_NOT


def _wanted(only: list[str] | None) -> list[str] | None:
    if only is None:
        return None
    return [name.strip().upper() for word in only for name in word.split(",") if name.strip()]


def _text(check: PaperCheck, options: Namespace) -> str:
    if options.json:
        return check.to_json().rstrip()
    if options.markdown:
        return check.to_markdown()
    if options.details:
        return "\n\n".join([*map(str, check.lines), check.summary])
    return str(check)


def _pages(check: PaperCheck, options: Namespace) -> list[str]:
    """Write the tables of a page, or return what it should say."""
    if options.write:
        target = Path(options.write)
        page = with_block(target.read_text(encoding="utf-8"), check.to_markdown(), PAPER)
        with replacing(target) as temporary:
            temporary.write_text(page, encoding="utf-8")
        _tell(f"wrote the tables of {options.write}")
    if not options.check:
        return []
    written = block_of(Path(options.check).read_text(encoding="utf-8"), PAPER)
    return [f"{options.check}: {line}" for line in page_differences(written, check.to_markdown())]


def _check_options(options: Namespace) -> None:
    if options.save and Path(options.save).suffix.lower() != ".json":
        raise ValueError(f"--save {options.save} must end in .json, e.g. paper.json.")
    if options.save and (Path(options.save).is_dir() or not Path(options.save).parent.is_dir()):
        raise ValueError(f"--save {options.save} cannot be written: {Path(options.save).parent} is no folder.")
    for name in ("write", "check"):
        page = getattr(options, name)
        if page and options.only:
            raise ValueError(f"--{name} {page} takes all errata; leave out --only.")
        if page and not Path(page).is_file():
            raise ValueError(f"--{name} {page} does not exist; the tables belong into docs/paper.md.")
        if page:
            block_of(Path(page).read_text(encoding="utf-8"), PAPER)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def _tell(text: str) -> None:
    """Write beside the output, which may be JSON that is read on."""
    sys.stderr.write(text + "\n")
