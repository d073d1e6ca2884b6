"""The rooms that ARCHITECTURE.md draws are those that import-linter checks."""

from __future__ import annotations

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


def _names(layer: str) -> set[str]:
    return {name.strip() for name in layer.split("|")}


def _is_of(block: list[str], layers: list[set[str]]) -> bool:
    known = set().union(*layers)
    return len([line for line in block if _names(re.split(r"\s{2,}", line)[0]) & known]) >= len(layers) - 1
