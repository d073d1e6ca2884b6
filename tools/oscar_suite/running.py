"""Runs Oscar's tests without and with Akcept, and compares what does not pass with the committed list."""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tools import python_env
from tools.oscar_suite import copying
from tools.steps import ROOT, TOOLS, Failed, Refusal, fingerprint, is_stamped, run, say, stamp, step

HERE: Final = Path(__file__).parent
LOCK: Final = ROOT / "tools" / "locks" / "oscar-suite.lock.txt"
MEANT: Final = HERE / "meant.txt"
BUILD: Final = ROOT / "build" / "oscar-suite"
PACKAGES: Final = TOOLS / "oscar-suite"


def main(arguments: Sequence[str]) -> int:
    """Run both, say what differs from the list, and return 1 when anything does."""
    parser = argparse.ArgumentParser(prog="make oscar-suite")
    parser.add_argument("--source", type=Path, help="a checkout of django-oscar with its tests")
    chosen = parser.parse_args(arguments)
    _install()
    source = _source(chosen.source)
    without = _without(source)
    with step("Oscar's tests with Akcept"):
        copying.copy(source, BUILD / "with")
        copying.put_akcept_in(BUILD / "with")
        results = _run(BUILD / "with", settings="oscar_suite_settings")
    differences = compare(without, results, meant())
    for line in differences:
        say(line)
    passed = sum(results.values())
    say(f"{passed} of {len(results)} of Oscar's tests pass with Akcept, {sum(without.values())} without")
    say(verdict(differences))
    return 1 if differences else 0


def verdict(differences: Sequence[str]) -> str:
    """Return the last line: whether what does not pass is what is meant not to."""
    where = MEANT.relative_to(ROOT)
    if not differences:
        return f"as meant: what does not pass stands with its reason in {where}, and all that stands there does not"
    return (
        f"NOT as meant: {len(differences)} of the lines above; mend Akcept, or list the test in {where} and document it"
    )


def meant() -> dict[str, str]:
    """Return the tests that are meant not to pass, each with its reason.

    The list has a reason on a line of its own that begins with "#", and below it the tests it holds for.
    """
    found: dict[str, str] = {}
    reason = ""
    for line in MEANT.read_text().splitlines():
        if line.startswith("#"):
            reason = line.removeprefix("#").strip()
        elif line.strip():
            found[line.strip()] = reason
    return found


def compare(without: dict[str, bool], results: dict[str, bool], listed: dict[str, str]) -> list[str]:
    """Return what differs from the list; tests that do not pass without Akcept either say nothing about it."""
    broken = {name for name, passes in results.items() if not passes and without.get(name, True)}
    gone = {name for name, passes in without.items() if passes and name not in results}
    lines = [f"does not pass, and is not listed: {name}" for name in sorted((broken | gone) - set(listed))]
    lines += [f"passes, and is listed: {name}" for name in sorted(set(listed)) if results.get(name)]
    lines += [f"is listed, and is no test: {name}" for name in sorted(set(listed) - set(results) - set(without))]
    return lines


def results_of(report: Path) -> dict[str, bool]:
    """Return from pytest's report which tests passed; one that was skipped is left out."""
    found: dict[str, bool] = {}
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314  written by our own pytest
        if case.find("skipped") is None:
            name = f"{case.get('classname')}::{case.get('name')}"
            found[name] = found.get(name, True) and case.find("failure") is None and case.find("error") is None
    return found


def _install() -> None:
    python_env.ensure("dev")
    python_env.ensure_beside("oscar-suite", title="What Oscar's tests need")


def _version() -> str:
    found = re.search(r"^django-oscar==(\S+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    assert found is not None  # noqa: S101  the lock is ours
    return found[1]


def _source(given: Path | None) -> Path:
    """Return a folder with Oscar's tests. Raises Refusal."""
    source = given if given is not None else _archive()
    if not (source / "tests" / "settings.py").exists():
        what = f"{source} has" if given is not None else f"the source archive of django-oscar {_version()} has"
        raise Refusal(
            f"{what} no tests; give a checkout of that version: make oscar-suite SOURCE=/path/to/django-oscar"
        )
    return source


def _archive() -> Path:
    """Fetch the source archive of the version we stand on, and unpack it."""
    folder = BUILD / "source"
    name = f"django-oscar=={_version()}"
    with step(f"Source archive of {name}"):
        try:
            fetch = ["download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest", str(folder), name]
            run([sys.executable, "-m", "pip", *fetch], name="pip download")
        except Failed as failed:
            raise Refusal(f"it cannot be had here ({failed}); give a checkout: SOURCE=/path") from failed
        (archive,) = folder.glob("django_oscar-*.tar.gz")
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")
    return folder / archive.name.removesuffix(".tar.gz")


def _without(source: Path) -> dict[str, bool]:
    """Return the results without Akcept; kept until source or lock change."""
    locks = [LOCK, ROOT / "requirements-dev.lock"]
    kept, print_ = BUILD / "without.json", fingerprint([*locks, *sorted((source / "tests").rglob("*.py"))])
    if not is_stamped("oscar-suite-without", print_, made=[kept]):
        with step("Oscar's tests without Akcept"):
            copying.copy(source, BUILD / "without")
            kept.write_text(json.dumps(_run(BUILD / "without", settings="tests.settings"), indent=0))
        stamp("oscar-suite-without", print_)
    found: dict[str, bool] = json.loads(kept.read_text())
    return found


def _run(folder: Path, *, settings: str) -> dict[str, bool]:
    """Run the tests of a folder. Raises Refusal when there is no report."""
    report = folder / "report.xml"
    places = [str(folder), str(PACKAGES), str(ROOT / "src")]
    env = {name: value for name, value in os.environ.items() if not name.startswith(("AKCEPT_", "DJANGO_"))}
    env |= {"PYTHONPATH": os.pathsep.join(places), "DJANGO_SETTINGS_MODULE": settings}
    env |= {"DATABASE_ENGINE": "django.db.backends.sqlite3", "DATABASE_NAME": ":memory:"}
    options = ["--sqlite", "--deprecation=none", "-q", "--tb=short", "-p", "no:cacheprovider", f"--junitxml={report}"]
    # Else pytest-django puts the folder of our manage.py first, and with it our tests before Oscar's.
    options += ["-o", "django_find_project=false"]
    with (folder / "output.txt").open("w") as output:
        subprocess.run(
            [python_env.PYTHON, "-m", "pytest", *options, "tests"],
            cwd=folder,
            env=env,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if not report.exists():
        raise Refusal(f"Oscar's tests did not run: see {folder / 'output.txt'}")
    return results_of(report)
