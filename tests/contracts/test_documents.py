"""What the documents point at is there: links between them, and the places named in ARCHITECTURE.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.processes import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
_PLACE = re.compile(r"`([\w./*-]+(?:\.py|/|\.md|\.\*))(?:: (\w+))?`")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    targets = [target for target in _LINK.findall(document.read_text()) if "://" not in target]
    missing = [target for target in targets if not (document.parent / target).exists()]
    assert not missing


def _places() -> Iterator[tuple[str, str, bool]]:
    """Yield each place of the table with what is looked for there, and whether it exists.

    The first place of a cell starts at the package or the repository, the others may continue where one before ended.
    """
    table = [line for line in (ROOT / "ARCHITECTURE.md").read_text().splitlines() if line.startswith("| ")]
    for row in table:
        bases = [ROOT, ROOT / "src" / "akcept"]
        for place, name in _PLACE.findall(row.split("|")[2]):
            found = [path for base in bases for path in base.glob(place.rstrip("/"))]
            there = bool(found) and (
                not name
                or any(re.search(rf"^\s*(def|class) {name}\b", path.read_text(), re.MULTILINE) for path in found)
            )
            yield place, name, there
            bases += [folder for path in found for folder in (path, path.parent, path.parent.parent)]


def test_architecture_names_places_that_exist() -> None:
    places = list(_places())
    assert len(places) > 60
    assert [place for place in places if not place[2]] == []
