"""What the documents point at is there: links between them, anchors, code, and the places of ARCHITECTURE.md."""

from __future__ import annotations

import ast
import configparser
import importlib
import json
import re
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.template import engines

from tests.support.processes import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
_PLACE = re.compile(r"`([\w./*-]+(?:\.py|/|\.md|\.\*))(?:: (\w+))?`")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    targets = [target for target in _LINK.findall(document.read_text()) if "://" not in target]
    missing = [target for target in targets if not (document.parent / target).exists()]
    assert not missing


_HEADING = re.compile(r"^#{1,6} (.+?)\s*$", re.MULTILINE)
_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_ANCHOR = re.compile(r"\[[^\]]*\]\(([^)#\s]*)#([^)\s]+)\)")


def _anchors(document: Path) -> set[str]:
    """Return what a link into the document may end in: its headings, spelled as in the repository and on the site."""
    text = _FENCE.sub("", document.read_text())
    headings = [re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading) for heading in _HEADING.findall(text)]
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_anchors_are_headings(document: Path) -> None:
    links = [(target, anchor) for target, anchor in _ANCHOR.findall(document.read_text()) if "://" not in target]
    wrong = [
        (target, anchor)
        for target, anchor in links
        if anchor not in _anchors((document.parent / target) if target else document)
    ]
    assert not wrong


def _python(code: str) -> None:
    """Compile it, and import what it takes from the package."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("akcept"):
            if any(part in {"models", "abstract_models"} for part in str(node.module).split(".")):
                continue  # of a fork's own app: another class takes its place here
            module = importlib.import_module(str(node.module))
            for name in node.names:
                if name.name != "*" and not hasattr(module, name.name):
                    importlib.import_module(f"{node.module}.{name.name}")


def _shell(code: str) -> None:
    done = subprocess.run(["bash", "-n"], input=code, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _ini(code: str) -> None:
    reader = configparser.RawConfigParser(strict=True, delimiters=("=",))
    reader.optionxform = str  # type: ignore[assignment,method-assign]
    reader.read_string(code if code.lstrip().startswith("[") else f"[environment]\n{code}")


def _braces(code: str) -> None:
    assert code.count("{") == code.count("}") > 0


#: Language of a block -> what reads it, raising when it cannot.
_READERS: dict[str, Callable[[str], object]] = {
    "html": lambda code: engines["django"].from_string(code),
    "ini": _ini,
    "json": json.loads,
    "mermaid": lambda code: None,  # written by tests/approvals/test_states.py
    "nginx": _braces,
    "python": _python,
    "sh": _shell,
    "toml": tomllib.loads,
}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_code_blocks_can_be_read(document: Path) -> None:
    for indent, language, code in _FENCE.findall(document.read_text()):
        if language:
            _READERS[language](re.sub(f"^{indent}", "", code, flags=re.M))


@pytest.mark.parametrize(
    ("language", "code", "refusal"),
    [
        ("python", "from akcept.oscar_edge import instal", ImportError),
        ("python", "MIDDLEWARE = [", SyntaxError),
        ("sh", "if true; then", AssertionError),
        ("ini", "[Unit]\nA=1\nA=2", configparser.Error),
        ("html", "{% for item in akcept_menu %}", Exception),
    ],
)
def test_a_broken_block_is_noticed(language: str, code: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        _READERS[language](code)


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
