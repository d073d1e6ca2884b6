"""The rooms that ARCHITECTURE.md draws are those that import-linter checks."""

from __future__ import annotations

import importlib
import re
import tomllib

from tests.support.processes import ROOT

TEXT = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")


def test_the_rooms_drawn_are_the_rooms_checked() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = {each["id"]: each["layers"] for each in contracts if each["type"] == "layers"}
    drawn = [block.strip().splitlines() for block in re.findall(r"```\n(.*?)```", TEXT, flags=re.DOTALL)]
    for contract, skipped in (("rooms", {"shop"}), ("wings", set())):
        checked = [_names(layer) for layer in layers[contract]]
        shown = [_names(re.split(r"\s{2,}", line)[0]) for line in next(b for b in drawn if _is_of(b, checked))]
        hidden = {"apps", "own_data"}
        assert [names - skipped for names in shown if names - skipped] == [n - hidden for n in checked if n - hidden]


def test_every_word_is_what_the_code_calls_it() -> None:
    section = TEXT.partition("\n## Words\n")[2].partition("\n## ")[0]
    rows = [line.split("|") for line in section.splitlines() if line.startswith("| ")][1:]
    words = [word.strip() for row in rows for word in row[1].split(",")]
    assert len(words) == len(set(words)), "a word is explained once"
    named = [name for row in rows for name in re.findall(r"`([\w.]+)`", row[3])]
    assert len(named) >= len(rows) > 20
    for name in named:
        module, _dot, thing = f"akcept.{name}".rpartition(".")
        assert hasattr(importlib.import_module(module), thing), f"{name} is no more"


def _names(layer: str) -> set[str]:
    return {name.strip() for name in layer.split("|")}


def _is_of(block: list[str], layers: list[set[str]]) -> bool:
    known = set().union(*layers)
    return len([line for line in block if _names(re.split(r"\s{2,}", line)[0]) & known]) >= len(layers) - 1
