"""`make matrix`: the tests on each Python that the metadata promises, and on each database.

An interpreter that this machine has not is skipped and named, and so is PostgreSQL; what was not tried is never a pass.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools import machine, python_env
from tools.checks import PLAIN
from tools.steps import ROOT, Failed, run, say, step

HOME = ROOT / "build" / "matrix"
DATABASES = ("SQLite", "PostgreSQL")
#: What depends on neither a browser nor the house's own `.venv`, and answers within minutes.
DEFAULT = [
    "-m",
    PLAIN,
    "--ignore",
    "tests/contracts",
    "--ignore",
    "tests/tooling",
]


def main(arguments: Sequence[str]) -> int:
    """Try every pair, say what came of each, and return 1 when one failed or none could be tried."""
    parser = argparse.ArgumentParser(prog="make matrix", description="What is not an option here goes to pytest.")
    parser.add_argument("--python", action="append", choices=supported_pythons(), help="only this one (repeatable)")
    parser.add_argument("--database", action="append", choices=DATABASES, help="only this one (repeatable)")
    chosen, wanted = parser.parse_known_args([one for one in arguments if one != "--"])
    results = list(_results(chosen.python or supported_pythons(), chosen.database or DATABASES, wanted or DEFAULT))
    for name, said in results:
        say(f"{name}: {said}")
    tried = [said for _name, said in results if not said.startswith("skipped")]
    return 0 if tried and all(said.startswith("passed") for said in tried) else 1


def _results(pythons: Sequence[str], databases: Sequence[str], wanted: Sequence[str]) -> Iterator[tuple[str, str]]:
    for version in pythons:
        interpreter = found(version)
        if interpreter is None:
            yield f"Python {version}", "skipped: there is no such interpreter here"
            continue
        python = _environment(version, interpreter)
        for database in databases:
            name = f"Python {version} on {database}"
            if database == "PostgreSQL" and not machine.TEST_PACKAGES["postgresql"]():
                yield name, "skipped: PostgreSQL is not installed here"
                continue
            with step(name):
                said = _run(python, database, wanted, log=f"matrix-{version}-{database.lower()}")
            yield name, said


def supported_pythons() -> list[str]:
    """Return the versions of Python that the metadata promises, oldest first."""
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["classifiers"]
    return [line.rpartition(" ")[2] for line in listed if re.fullmatch(r".* :: Python :: \d+\.\d+", line)]


def found(version: str) -> Path | None:
    """Return an interpreter of a version: on the path, or among those of pyenv; a name that leads nowhere is none."""
    folders = [Path(folder) for folder in os.environ.get("PATH", os.defpath).split(os.pathsep)]
    candidates = [folder / f"python{version}" for folder in folders]
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates += sorted(pyenv.glob(f"{version}.*/bin/python{version}"), reverse=True)
    candidates.insert(0, Path(sys.executable))
    return next((path for path in candidates if os.access(path, os.X_OK) and _is(path, version)), None)


def _is(python: Path, version: str) -> bool:
    asked = [str(python), "-c", "import sys, venv; print('%d.%d' % sys.version_info[:2])"]
    try:
        done = subprocess.run(asked, capture_output=True, text=True, check=False)
    except OSError:
        return False
    return done.returncode == 0 and done.stdout.strip() == version


def _environment(version: str, interpreter: Path) -> Path:
    """Return the Python of an environment of its own, with what the lock file names."""
    with step(f"Environment of Python {version}"):
        return python_env.make_beside(HOME / version, python=interpreter, kind="dev")


def _run(python: Path, database: str, wanted: Sequence[str], *, log: str) -> str:
    """Run the tests; return "passed" or "failed" with what pytest said last."""
    program = ["tests.support.on_postgres"] if database == "PostgreSQL" else ["pytest"]
    try:
        told = run([python, "-m", *program, "-q", "-p", "no:cacheprovider", *wanted], name=log)
    except Failed as failed:
        return f"failed: {failed} (.tools/log/{log}.txt)"
    return f"passed: {told.strip().splitlines()[-1]}"
