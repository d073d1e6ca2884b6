"""Translations: `.po` files are committed and kept calm, `.mo` files are compiled on each machine.

Run inside `.venv`: `python -m tools.messages compile` needs nothing else, `make` needs Debian's gettext.
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from tools.steps import ROOT, run

#: Each is searched for texts and has its own `locale` folder: the package, and the shop around it.
HOMES = (ROOT / "src" / "akcept", ROOT / "shop")
LANGUAGES = ("pl",)
#: Kept by hand: our words for texts of Oscar's whose own catalogue of that language has other ones.
BY_HAND = ("shop-en",)


def catalogues() -> list[Path]:
    """Return every committed catalogue."""
    return [po for home in HOMES for po in sorted((home / "locale").glob("*/LC_MESSAGES/*.po"))]


def compile_all() -> None:
    """Write a `.mo` beside each `.po`."""
    for po in catalogues():
        with po.open("rb") as source:
            catalogue = read_po(source, locale=po.parts[-3])
        unfinished = po.with_suffix(".mo.new")
        with unfinished.open("wb") as target:
            write_mo(target, catalogue)
        unfinished.replace(po.with_suffix(".mo"))


def make_all(homes: tuple[Path, ...] = HOMES) -> None:
    """Bring the `.po` files up to date with code and templates: sorted, without line numbers, nothing unused."""
    for home in homes:
        (home / "locale").mkdir(exist_ok=True)
        for language in LANGUAGES:
            run(
                [
                    *(sys.executable, "-m", "django", "makemessages", "--locale", language),
                    *("--extension", "html,txt,py", "--no-location", "--no-wrap", "--no-obsolete"),
                    *("--ignore", "migrations/*"),
                ],
                name=f"makemessages {home.name}",
                cwd=home,
                env={"DJANGO_SETTINGS_MODULE": ""},
            )
            po = home / "locale" / language / "LC_MESSAGES" / "django.po"
            run(["msgattrib", "--no-obsolete", "--no-wrap", "--sort-output", "-o", po, po], name="msgattrib")
            _calm(po)


def _calm(po: Path) -> None:
    """Drop the header lines that say nothing or change with every run."""
    said = ('"POT-Creation-Date', '"Report-Msgid-Bugs-To')
    lines = [line for line in po.read_text().splitlines() if not line.startswith(said)]
    po.write_text("\n".join(lines) + "\n")


def main() -> None:
    """Do what the argument says: `make` and compile, or only `compile`."""
    if sys.argv[1:] == ["make"]:
        make_all()
    compile_all()


if __name__ == "__main__":
    main()
