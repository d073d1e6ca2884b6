"""What an expression can cost at most, in steps (pure): read from its checked syntax tree, before it is ever run.

A step is about one operation of the runtime on one item. Lists of an order are counted at their longest, and nothing
is taken whose cost the tree does not show: only the functions and forms listed here are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

#: What each function costs by itself; a text of an order has some hundred characters at most.
_FUNCTIONS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("_&&_", "_||_", "!_", "_?_:_", "@not_strictly_false", "_[_]", "-_"), 1),
    **dict.fromkeys(("_+_", "_-_", "_*_", "_/_", "_%_"), 1),
    **dict.fromkeys(("_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_", "@in"), 1),
    **dict.fromkeys(("size", "startsWith", "endsWith", "double", "int", "string"), 3),
    "contains": 10,
}
#: These look at every item of what they are given.
_BY_ITEM: Final = frozenset({"_==_", "_!=_", "@in"})


class NotOffered(ValueError):
    """The expression uses what is no part of the language offered; `name` says what."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True)
class Cost:
    """`steps` it takes at most, `items` its result may have (0: no list), the facts that it names."""

    steps: int
    items: int = 0
    names: frozenset[str] = frozenset()


def cost_of(serialized: bytes, longest: Mapping[str, int]) -> Cost:
    """Return what a checked expression costs at most; `longest` says how long the lists of an order may be.

    `serialized` is a `cel.expr.CheckedExpr` in a `google.protobuf.Any`. Raises NotOffered.
    """
    checked = _first(serialized, 2)
    found = _Reader(longest)
    steps, items = found.walk(_first(checked, 4), {})
    return Cost(steps, items, frozenset(found.names))


@dataclass(slots=True)
class _Reader:
    longest: Mapping[str, int]
    names: set[str] = field(default_factory=set)

    def walk(self, expr: bytes, own: Mapping[str, int]) -> tuple[int, int]:
        """Return steps and items of one node; `own` are the variables of the macros around it, with their items."""
        for number, value in _fields(expr):
            if number == 3 and isinstance(value, bytes):
                return 1, 0
            if number == 4 and isinstance(value, bytes):
                return self._name(_text(value, 1), own)
            if number == 6 and isinstance(value, bytes):
                return self._call(value, own)
            if number == 7 and isinstance(value, bytes):
                return self._list(value, own)
            if number == 9 and isinstance(value, bytes):
                return self._macro(value, own)
            if number in (5, 8):
                raise NotOffered("." if number == 5 else "{}")
        raise NotOffered("?")

    def _name(self, name: str, own: Mapping[str, int]) -> tuple[int, int]:
        if name in own:
            return 1, own[name]
        self.names.add(name)
        return 1, self.longest.get(name, 0)

    def _call(self, call: bytes, own: Mapping[str, int]) -> tuple[int, int]:
        function = _text(call, 2)
        if function not in _FUNCTIONS:
            raise NotOffered(function)
        given = [self.walk(each, own) for number in (1, 3) for each in _all(call, number)]
        steps = _FUNCTIONS[function] + sum(steps for steps, _items in given)
        if function in _BY_ITEM:
            steps += max(items for _steps, items in given)
        items = max(items for _steps, items in given[1:]) if function == "_?_:_" else 0
        return steps, items

    def _list(self, made: bytes, own: Mapping[str, int]) -> tuple[int, int]:
        parts = [self.walk(each, own) for each in _all(made, 1)]
        if any(items for _steps, items in parts):
            raise NotOffered("[[]]")  # a list of lists: its items would not be single steps
        return 1 + sum(steps for steps, _items in parts), len(parts)

    def _macro(self, macro: bytes, own: Mapping[str, int]) -> tuple[int, int]:
        steps, rounds = self.walk(_first(macro, 2), own)
        inside = {**own, **dict.fromkeys((_text(macro, 1), _text(macro, 3)), 0)}
        once = sum(self.walk(_first(macro, number), inside)[0] for number in (5, 6))
        around = sum(self.walk(_first(macro, number), inside)[0] for number in (4, 7))
        return steps + around + max(rounds, 1) * once, 0


# --- the wire format of protocol buffers, as far as a syntax tree needs it ---


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, kind = key >> 3, key & 7
        if kind == 0:
            value, at = _varint(message, at)
            yield number, value
            continue
        if kind == 2:
            size, at = _varint(message, at)
        else:
            size = {1: 8, 5: 4}[kind]
        yield number, message[at : at + size]
        at += size


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def _all(message: bytes, wanted: int) -> list[bytes]:
    return [value for number, value in _fields(message) if number == wanted and isinstance(value, bytes)]


def _first(message: bytes, wanted: int) -> bytes:
    return next(iter(_all(message, wanted)), b"")


def _text(message: bytes, wanted: int) -> str:
    return _first(message, wanted).decode()
