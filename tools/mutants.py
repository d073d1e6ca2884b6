"""`make mutants`: whether a test notices when a pure decision is made a little wrong.

Each mutant is one place of one module changed: a comparison by its border or the other way round, `and` for `or`, plus
for minus, one more, a condition upside down. Tests that need no database run against it, those of its own room, in a
process of its own that is forked from one where all is loaded. What survives is either in `mutants_meant.txt`, with the
reason why nobody could tell it from the original, or it fails the command.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import functools
import gc
import importlib
import itertools
import os
import resource
import sys
import time
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tools import pure
from tools.pure import tests_of

MEANT = Path(__file__).with_name("mutants_meant.txt")
#: Of a processor; where all tests of a module take long, four times as long as they do.
SECONDS_AT_LEAST = 10
#: A group of files may hold none that needs no database.
_PASSED = (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)

_COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_COMPUTED: dict[type[ast.operator], type[ast.operator]] = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One changed place: `before` and `after` are its source, and with the module they name it."""

    module: str
    line: int
    before: str
    after: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """How the list of those that are meant calls it."""
        return f"{self.module}: {self.before} -> {self.after}"


# --- making them ---


def mutants_of(module: str, source: str) -> Iterator[Mutant]:
    """Yield every mutant of a module's functions; what stands outside of them is data."""
    tree = ast.parse(source)
    for place, node in enumerate(_inside_functions(tree)):
        for changed in _changes(node):
            mutated = copy.deepcopy(tree)
            target = next(other for at, other in enumerate(_inside_functions(mutated)) if at == place)
            _put(mutated, target, changed)
            before, after = ast.unparse(node), ast.unparse(changed)
            yield Mutant(module, node.lineno, before, after, ast.fix_missing_locations(mutated))  # type: ignore[attr-defined]


def _inside_functions(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield the expressions of all functions once each, without annotations, defaults and docstrings."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and not _is_inner(tree, function):
            for statement in function.body:
                yield from (node for node in ast.walk(statement) if isinstance(node, ast.expr))


def _is_inner(tree: ast.Module, function: ast.FunctionDef) -> bool:
    return any(
        inner is function
        for outer in ast.walk(tree)
        if isinstance(outer, ast.FunctionDef) and outer is not function
        for inner in ast.walk(outer)
    )


def _changes(node: ast.AST) -> Iterator[ast.expr]:
    match node:
        case ast.Compare(ops=[operator]):
            for other in _COMPARED.get(type(operator), ()):
                yield ast.Compare(left=node.left, ops=[other()], comparators=node.comparators)
        case ast.BoolOp():
            yield ast.BoolOp(op=ast.And() if isinstance(node.op, ast.Or) else ast.Or(), values=node.values)
        case ast.UnaryOp(op=ast.Not()):
            yield node.operand
        case ast.BinOp(op=operator) if type(operator) in _COMPUTED:
            yield ast.BinOp(left=node.left, op=_COMPUTED[type(operator)](), right=node.right)
        case ast.IfExp():
            yield ast.IfExp(test=node.test, body=node.orelse, orelse=node.body)
        case ast.Constant(value=bool(value)):
            yield ast.Constant(value=not value)
        case ast.Constant(value=int(value)):
            yield ast.Constant(value=value + 1)


def _put(tree: ast.Module, target: ast.AST, changed: ast.expr) -> None:
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if value is target:
                setattr(parent, field, changed)
                return
            if isinstance(value, list) and any(item is target for item in value):
                value[next(at for at, item in enumerate(value) if item is target)] = changed
                return


# --- trying them ---


class _Trying:
    """Inside one run of pytest: the tests as they are, then for each mutant again in a process forked from there.

    What is collected and imported is so only once, and no mutant can leave anything behind.
    """

    def __init__(self, tried: Sequence[Mutant], near: Sequence[str]) -> None:
        self.tried = tried
        self.near = {pure.ROOT / file for file in near}
        self.survivors: list[Mutant] = []
        self._taken: dict[str, float] = {}
        self._failed = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed or not self._pass(session.items):
            session.testsfailed = session.testsfailed or 1
            return True
        seconds = max(SECONDS_AT_LEAST, int(4 * sum(self._taken.values())))
        quick_first = sorted(session.items, key=lambda item: (item.path not in self.near, self._taken[item.nodeid]))
        gc.freeze()  # what is there already is nobody's garbage: looking through it would take most of a mutant's time
        passes = functools.partial(self._pass, quick_first)
        self.survivors += [mutant for mutant in self.tried if survives(mutant, passes, seconds=seconds)]
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._failed = self._failed or report.failed

    def _pass(self, items: Sequence[pytest.Item]) -> bool:
        for item, following in itertools.zip_longest(items, items[1:]):
            started = time.process_time()
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
            self._taken[item.nodeid] = time.process_time() - started
            if self._failed:
                return False
        return True


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    kept = os.dup(1), os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        yield
    finally:
        for number, copy_ in enumerate(kept, start=1):
            os.dup2(copy_, number)
            os.close(copy_)
        os.close(nowhere)


def survivors_of(tried: Sequence[Mutant], near: Sequence[str], far: Sequence[str]) -> list[Mutant] | None:
    """Return those of a module's mutants that no test notices, the near ones first; None where one fails as it is."""
    options = ["-q", "--no-header", "-p", "no:cacheprovider", "-p", "no:randomly"]
    trying = _Trying(tried, near)
    with _silence():
        passed = pytest.main([*options, *near, *far], plugins=[pure, trying]) in _PASSED
    return trying.survivors if passed else None


def survives(mutant: Mutant, passes: Callable[[], bool], *, seconds: int = SECONDS_AT_LEAST) -> bool:
    """Say whether every test passes with the mutant in the module's place, in a process of its own.

    What takes more than `seconds` of a processor runs for ever, and is noticed.
    """
    child = os.fork()
    if child == 0:
        passed = False
        try:
            spent = int(time.process_time())
            resource.setrlimit(resource.RLIMIT_CPU, (spent + seconds, spent + seconds))
            put_in(mutant)
            passed = passes()
        finally:
            os._exit(0 if passed else 1)
    return os.waitpid(child, 0)[1] == 0


def put_in(mutant: Mutant) -> None:
    """Give the module's functions the mutant's code, where they are: whoever imported them has them too."""
    module = importlib.import_module(mutant.module)
    code = compile(mutant.tree, str(module.__file__), "exec", dont_inherit=True)
    _replace(code, vars(module))
    _forget(module)


def _replace(code: types.CodeType, holder: Mapping[str, Any]) -> None:
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType) and (held := holder.get(inner.co_name)) is not None:
            if isinstance(held, type):
                _replace(inner, vars(held))
            elif (function := _function(held)) is not None and function.__code__.co_freevars == inner.co_freevars:
                function.__code__ = inner


def _forget(mutated: types.ModuleType) -> None:
    """Empty every cache of ours: what the original answered is not the mutant's answer."""
    ours = [found for name, found in list(sys.modules.items()) if name.partition(".")[0] == pure.PACKAGE.name]
    for module in (mutated, *ours):
        for held in list(vars(module).values()):
            if isinstance(held, functools._lru_cache_wrapper):
                held.cache_clear()


def _function(held: object) -> types.FunctionType | None:
    """Return the function that is in a module or class under a name, out of its property, cache or class method."""
    wrapping = (held, *(getattr(held, name, None) for name in ("__wrapped__", "fget", "func", "__func__")))
    return next((found for found in wrapping if isinstance(found, types.FunctionType)), None)


# --- the command ---


@functools.lru_cache
def meant() -> dict[str, str]:
    """Return the mutants that nobody could tell from the original, each with its reason (the line before it)."""
    found, reason = {}, ""
    for line in MEANT.read_text().splitlines():
        if line.startswith("#"):
            reason = line.removeprefix("#").strip()
        elif line.strip():
            found[line.strip()] = reason
    return found


def main(arguments: Sequence[str]) -> int:
    """Try the mutants; return 1 when one survives that is not meant to."""
    parser = argparse.ArgumentParser(prog="make mutants")
    parser.add_argument("--module", action="append", help="only this one, as akcept.budgets.standing (repeatable)")
    parser.add_argument("--most", type=int, default=0, help="of each module, spread evenly (default: all)")
    chosen = parser.parse_args([one for one in arguments if one != "--"])
    os.environ["AKCEPT_HYPOTHESIS"] = "mutants"
    killed, survivors = 0, []
    for module in chosen.module or pure.modules():
        near, far = tests_of(module)
        source = pure.source_of(module).read_text()
        every = [mutant for mutant in mutants_of(module, source) if mutant.name not in meant()]
        step = max(1, len(every) // chosen.most) if chosen.most else 1
        tried = every[::step][: chosen.most or None]
        found = survivors_of(tried, near, far) if tried else []
        if found is None:
            print(f"{module}: its tests do not pass as it is", file=sys.stderr)
            return 1
        killed += len(tried) - len(found)
        survivors += found
        print(f"  {module}: {len(tried) - len(found)} of {len(tried)} killed", flush=True)
        for mutant in found:
            print(f"    line {mutant.line}: {mutant.before} -> {mutant.after}", flush=True)
    print(f"{killed} of {killed + len(survivors)} killed")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
