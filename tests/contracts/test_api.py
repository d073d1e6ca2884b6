"""What docs/extend/api.md promises is there, and every public action is either promised or named as ours."""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path
from types import ModuleType

import pytest

from akcept.approvals import actions as approvals
from akcept.budgets import actions as budgets
from akcept.journal.subscribers import register
from akcept.ordering import actions as ordering
from akcept.ordering import ports
from akcept.organizations import actions as organizations
from tests.support.processes import ROOT

PAGE = (ROOT / "docs" / "extend" / "api.md").read_text()
_ROW = re.compile(r"^\| ((?:`akcept[\w.]+`(?:, )?)+) \| (.+?) \|", re.MULTILINE)


def _names(heading: str) -> list[tuple[str, str]]:
    """Return (module, name) of each row below a heading; a name of a whole module is empty."""
    section = re.split(r"^## ", PAGE.partition(f"\n## {heading}\n")[2], flags=re.MULTILINE)[0]
    found = []
    for modules, said in _ROW.findall(section):
        names = [] if said.startswith("every ") else re.findall(r"`(\w+)`", said)
        found += [(module, name) for module in re.findall(r"`([\w.]+)`", modules) for name in names or [""]]
    return found


PROMISED = _names("You may import")
OURS = _names("Public, and not promised")


def _actions(module: ModuleType) -> set[tuple[str, str]]:
    names = getattr(module, "__all__", None) or [name for name in vars(module) if not name.startswith("_")]
    return {
        (module.__name__, name)
        for name in names
        if inspect.isfunction(getattr(module, name)) and getattr(module, name).__module__.startswith(module.__name__)
    }


@pytest.mark.parametrize(("module", "name"), PROMISED + OURS)
def test_what_is_named_can_be_imported(module: str, name: str) -> None:
    found = importlib.import_module(module)
    if name:
        assert hasattr(found, name)
    else:
        assert [constant for constant in vars(found) if constant.isupper()], "a module of topics has some"


def test_the_page_is_read_whole() -> None:
    assert len(PROMISED) > 120
    assert len(set(PROMISED)) == len(PROMISED)
    assert ("akcept.ordering.actions", "accept") in PROMISED
    assert ("akcept.ordering.topics", "") in PROMISED
    assert ("akcept.testing.relays", "deliver") in PROMISED
    assert ("akcept.ordering.actions", "tend") in OURS


def test_every_public_action_is_promised_or_ours() -> None:
    every = {pair for module in (approvals, budgets, ordering, organizations) for pair in _actions(module)}
    assert every - set(PROMISED) - set(OURS) == set(), "say in docs/extend/api.md whether others may build on it"
    assert set(PROMISED) & set(OURS) == set()


def test_a_promised_act_says_what_it_does_and_takes_an_actor() -> None:
    silent, unasked = [], []
    for module, name in PROMISED:
        act = getattr(importlib.import_module(module), name, None)
        if module.endswith(".actions") and inspect.isfunction(act):
            silent += [] if (act.__doc__ or "").strip() else [f"{module}.{name}"]
            unasked += [] if "actor" in inspect.signature(act).parameters else [f"{module}.{name}"]
    assert silent == []
    # Whoever signs a company up is nobody yet, and the National Bank's rates are the same for everybody.
    assert set(unasked) <= {"akcept.organizations.actions.sign_up", "akcept.budgets.actions.store_rates"}


def test_every_port_and_what_chooses_it_is_on_the_page() -> None:
    protocols = {name for name, kind in vars(ports).items() if getattr(kind, "_is_protocol", False)} - {"Protocol"}
    assert protocols == {name for module, name in PROMISED if module == "akcept.ordering.ports"}
    sources = [path.read_text() for path in Path(str(ports.__file__)).parent.glob("*.py")]
    settings = set(re.findall(r'"(AKCEPT_\w+)"', "".join(sources)))
    assert len(settings) == len(protocols)  # each is chosen by a setting of its own
    assert {name for name in settings if f"`{name}`" not in PAGE} == set()


def test_the_page_shows_a_subscriber_as_it_is_registered() -> None:
    (example,) = re.findall(r"subscribers\.register\((.+)\)", PAGE)
    given = set(re.findall(r"(\w+)=", example))
    assert given <= set(inspect.signature(register).parameters)
