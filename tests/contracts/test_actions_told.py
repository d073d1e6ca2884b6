"""What an action says of itself: which topics it writes in the journal, and what it raises; read against its code."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

import akcept
from akcept.journal import erasing
from akcept.kernel.errors import Refused

ROOT = Path(akcept.__file__).parent
_TOPIC = re.compile(r"`([a-z]+\.[a-z_]+)`")
_JOURNAL = re.compile(r"\bJournal:(.*?)(?=\bRaises\b|\n\s*\n|\Z)", re.DOTALL)
_RAISES = re.compile(r"\bRaises\b(.*?)(?:\.\s|\.?\Z)", re.DOTALL)
#: What a function raises only for arguments that these never give it: a version, a remark.
NEVER = {
    "add_unit": {"Stale"},
    "save_address": {"Stale"},
    "remove_address": {"Stale"},
    "update_prices": {"Invalid"},
}
#: What a docstring takes over from that of another action of the room: "Journal: as `accept`." "Raises as `accept`."
_AS = re.compile(r"\bas\s+`(\w+)`")

Key = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Code:
    """A function or class of a room's actions: what it says, what it writes and raises itself, what it uses of them."""

    module: str
    name: str
    public: bool
    text: str
    topics: frozenset[str]
    raises: frozenset[str]
    uses: frozenset[Key]

    @property
    def key(self) -> Key:
        return self.module, self.name


# --- what the code does ---


def _modules() -> Iterator[tuple[str, ast.Module]]:
    """Every module that holds actions: `actions.py` of a room, or what lies in its folder `actions`."""
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if "actions" in parts and path.name != "__init__.py":
            yield ".".join(("akcept", *parts)), ast.parse(path.read_text(encoding="utf-8"))


def _defined(tree: ast.Module) -> list[ast.FunctionDef | ast.ClassDef]:
    return [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]


def _names(tree: ast.Module, module: str) -> dict[str, Key]:
    """What the names in a module mean: those it defines, and those it imports."""
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    imported = {one.asname or one.name: (str(node.module), one.name) for node in imports for one in node.names}
    return imported | {node.name: (module, node.name) for node in _defined(tree)}


@cache
def _topics(module: str) -> dict[str, str]:
    """The topics of a module's room, by the names it has for them."""
    room = module.split(".")[1]
    found: dict[str, object] = {"ERASED": erasing.ERASED}
    if (ROOT / room / "topics.py").exists():
        found |= vars(importlib.import_module(f"akcept.{room}.topics"))
    return {name: text for name, text in found.items() if isinstance(text, str) and _TOPIC.fullmatch(f"`{text}`")}


def _refusals(of: type[Refused] = Refused) -> frozenset[str]:
    return frozenset({of.__name__}).union(*map(_refusals, of.__subclasses__()))


def _read(module: str, node: ast.FunctionDef | ast.ClassDef, names: dict[str, Key]) -> Code:
    topics, raises, uses = set(), set(), set()
    for each in ast.walk(node):
        match each:
            case ast.Raise(exc=ast.Call(func=ast.Name(id=name))):
                raises.add(name)
            case ast.Attribute(value=ast.Name(id="topics" | "erasing"), attr=name) if name in _topics(module):
                topics.add(_topics(module)[name])
            case ast.Attribute(value=ast.Name(id=of), attr=name) if of in names:
                uses.add((".".join(names[of]), name))
            case ast.Name(id=name) if name in names:
                uses.add(names[name])
    return Code(
        module=module,
        name=node.name,
        public=isinstance(node, ast.FunctionDef) and _is_public(module, node),
        text=ast.get_docstring(node) or "",
        topics=frozenset(topics),
        raises=frozenset(raises) & _refusals(),
        uses=frozenset(uses),
    )


def _is_public(module: str, node: ast.FunctionDef) -> bool:
    """Whether others may call it to write: what several actions share (`parts`) is called by actions only."""
    takes = {argument.arg for argument in (*node.args.args, *node.args.kwonlyargs)}
    decorated = any(isinstance(one, ast.Name) and one.id == "action" for one in node.decorator_list)
    return ("actor" in takes or decorated) and not node.name.startswith("_") and ".parts." not in module


@cache
def _code() -> dict[Key, Code]:
    for module, _tree in _modules():
        importlib.import_module(module)  # so that every refusal is known
    found = [_read(module, node, _names(tree, module)) for module, tree in _modules() for node in _defined(tree)]
    return {code.key: code for code in found}


def _reached(code: Code) -> set[Key]:
    """An action and all it uses of other actions."""
    seen: set[Key] = set()
    ahead = [code.key]
    while ahead:
        if (key := ahead.pop()) not in seen and key in _code():
            seen.add(key)
            ahead += _code()[key].uses
    return seen


def _does(code: Code, what: Callable[[Code], frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*(what(_code()[key]) for key in _reached(code)))


# --- what it says ---


def _said(code: Code, about: re.Pattern[str], found: Callable[[str], list[str]]) -> frozenset[str]:
    """What a docstring names of one kind, with what the actions name that it refers to."""
    sentence = about.search(code.text)
    assert sentence, f"{code.module}.{code.name} is silent: {about.pattern}"
    meant = [_referred(code, name) for name in _AS.findall(sentence[1])]
    return frozenset(found(sentence[1])).union(*(_said(other, about, found) for other in meant))


def _referred(code: Code, name: str) -> Code:
    room = code.module.split(".actions")[0]
    found = [one for one in _code().values() if one.name == name and one.public and one.module.startswith(room)]
    assert found, f"{code.module}.{code.name} refers to `{name}`, which is no action of its room"
    return found[0]


PUBLIC = sorted((code for code in _code().values() if code.public), key=lambda code: code.key)
each_action = pytest.mark.parametrize(
    "code", PUBLIC, ids=[".".join(code.key).removeprefix("akcept.") for code in PUBLIC]
)


@each_action
def test_an_action_names_exactly_the_topics_it_writes(code: Code) -> None:
    assert _said(code, _JOURNAL, _TOPIC.findall) == _does(code, lambda other: other.topics)


@each_action
def test_an_action_names_the_refusals_it_raises(code: Code) -> None:
    """At least those that code of actions raises; and only such as there are."""
    said = _said(code, _RAISES, lambda text: re.findall(r"\b[A-Z][a-z]+(?:[A-Z][a-z]+)*\b", text))
    assert said
    assert _does(code, lambda other: other.raises) - NEVER.get(code.name, set()) <= said
    assert said <= _refusals() | {"RuntimeError", "ValueError"}


def test_every_room_s_actions_are_read() -> None:
    rooms = {code.module.split(".")[1] for code in PUBLIC}
    assert rooms == {
        *(
            "agreements",
            "api",
            "approvals",
            "budgets",
            "fulfilment",
            "handover",
            "journal",
            "ordering",
            "organizations",
            "webhooks",
        ),
    }
    exported = {
        name
        for room in rooms
        for name, each in vars(importlib.import_module(f"akcept.{room}.actions")).items()
        if callable(each) and not isinstance(each, type) and getattr(each, "__wrapped__", None) is not None
    }
    assert exported >= {"accept_invitation", "place", "store_rates", "save_rule"}
    assert exported - {code.name for code in PUBLIC} <= {"place_within", "aside"}
