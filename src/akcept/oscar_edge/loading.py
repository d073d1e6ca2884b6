"""Where Oscar finds its classes when a shop has forked an app that we extend: the fork's, else ours, else Oscar's.

Oscar itself looks into the fork and then into its own package, so a fork without a module `utils` would place orders
with Oscar's `OrderCreator`, past acceptance.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

from oscar.core.loading import default_class_loader

_OSCAR: Final = "oscar.apps"
_OURS: Final = "akcept.oscar_edge"


def load(module_label: str, names: Sequence[str], module_prefix: str = _OSCAR) -> list[Any]:
    """Return classes as Oscar's loader does; raises what it raises. Oscar's own give way to ours of the same name."""
    found: list[Any] = default_class_loader(module_label, names, module_prefix)
    if module_prefix != _OSCAR or not any(_is_oscars(each) for each in found):
        return found
    ours = our_module(module_label)
    if ours is None:
        return found
    return [getattr(ours, name, each) if _is_oscars(each) else each for name, each in zip(names, found, strict=True)]


@cache
def our_module(module_label: str) -> Any:
    """Return our counterpart of one of Oscar's modules ("order.utils"), None where we have none."""
    path = f"{_OURS}.{module_label}"
    try:
        return import_module(path) if find_spec(path) is not None else None
    except ModuleNotFoundError as error:
        if error.name is not None and path.startswith(error.name):
            return None  # we have no such package either
        raise


def _is_oscars(thing: Any) -> bool:
    return str(getattr(thing, "__module__", "")).startswith(f"{_OSCAR}.")
