"""`make release`: what may be released, what is written for it; `make matrix`: which Pythons are tried."""

from __future__ import annotations

import datetime
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools import machine, matrix, release
from tools.steps import ROOT, Refusal

CHANGELOG = "# Changelog\n\n## Unreleased\n\n### For merchants\n- A new list.\n\n## 0.1.0 - 2026-01-31\n- The first.\n"


def _git(repository: Path, *arguments: str) -> str:
    who = ["-c", "user.name=Somebody", "-c", "user.email=somebody@shop.example"]
    done = subprocess.run(["git", *who, *arguments], cwd=repository, check=True, capture_output=True, text=True)
    return done.stdout


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository that may be released as 0.2.0, after a release 0.1.0 with one migration."""
    _git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    migration = tmp_path / "src" / "akcept" / "room" / "migrations" / "0001_initial.py"
    migration.parent.mkdir(parents=True)
    migration.write_text("operations = []\n")
    (tmp_path / "src" / "akcept" / "__init__.py").write_text('"""A package."""\n\n__version__ = "0.1.0"\n')
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n")
    _git(tmp_path, "add", "--all")
    _git(tmp_path, "commit", "--quiet", "-m", "Begin")
    _git(tmp_path, "tag", "v0.1.0")
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)
    _git(tmp_path, "commit", "--quiet", "--all", "-m", "Tell what is new")
    return tmp_path


def _refusal(repository: Path, version: str = "0.2.0") -> str:
    before = _git(repository, "status", "--porcelain"), _git(repository, "log", "--format=%H"), _git(repository, "tag")
    with pytest.raises(Refusal) as refused:
        release.require_releasable(repository, version)
    assert before == (
        *(_git(repository, "status", "--porcelain"), _git(repository, "log", "--format=%H"), _git(repository, "tag")),
    )
    return str(refused.value)


def test_a_clean_main_with_news_may_be_released(repository: Path) -> None:
    release.require_releasable(repository, "0.2.0")


@pytest.mark.parametrize("version", ["", "0.2", "v0.2.0", "0.2.0rc1", "00.2.0", "0.2.0\n"])
def test_a_version_has_three_numbers(repository: Path, version: str) -> None:
    assert "write MAJOR.MINOR.PATCH" in _refusal(repository, version)


@pytest.mark.parametrize("version", ["0.1.0", "0.0.9", "0.0.10"])
def test_a_version_is_newer_than_the_last(repository: Path, version: str) -> None:
    _git(repository, "tag", "--delete", "v0.1.0")
    assert _refusal(repository, version) == f"{version} is not newer than 0.1.0"


def test_numbers_are_compared_as_numbers(repository: Path) -> None:
    release.require_releasable(repository, "0.10.0")


def test_another_branch_is_refused(repository: Path) -> None:
    _git(repository, "switch", "--quiet", "--create", "idea")
    assert _refusal(repository) == "releases are made on main; this is idea"


def test_what_is_not_committed_is_refused(repository: Path) -> None:
    (repository / "note.txt").write_text("later")
    assert "not committed" in _refusal(repository)


def test_a_version_is_released_once(repository: Path) -> None:
    _git(repository, "tag", "v0.2.0")
    assert _refusal(repository) == "the tag v0.2.0 is there already: a version is released once"


def test_nothing_new_is_refused(repository: Path) -> None:
    (repository / "CHANGELOG.md").write_text("# Changelog\n\n## Unreleased\n\n## 0.1.0 - 2026-01-31\n- The first.\n")
    _git(repository, "commit", "--quiet", "--all", "-m", "Tell nothing")
    assert "nothing to release" in _refusal(repository)


@pytest.mark.parametrize("how", ["changed", "renamed", "removed"])
def test_a_released_migration_stays_as_it_is(repository: Path, how: str) -> None:
    migration = repository / "src" / "akcept" / "room" / "migrations" / "0001_initial.py"
    match how:
        case "changed":
            migration.write_text("operations = [None]\n")
        case "renamed":
            migration.rename(migration.with_name("0001_first.py"))
        case "removed":
            migration.unlink()
    _git(repository, "add", "--all")
    _git(repository, "commit", "--quiet", "-m", "Tidy up")
    assert _refusal(repository) == (
        "migrations of v0.1.0 were changed or removed: src/akcept/room/migrations/0001_initial.py"
    )


def test_a_migration_that_is_new_may_still_change(repository: Path) -> None:
    (repository / "src" / "akcept" / "room" / "migrations" / "0002_more.py").write_text("operations = []\n")
    _git(repository, "add", "--all")
    _git(repository, "commit", "--quiet", "-m", "Add a column")
    release.require_releasable(repository, "0.2.0")


def test_the_version_and_the_day_are_written(repository: Path) -> None:
    release.write_version(repository, "0.2.0", on=datetime.date(2026, 2, 28))
    assert release.version_of(repository) == "0.2.0"
    assert (repository / "CHANGELOG.md").read_text() == CHANGELOG.replace(
        "## Unreleased\n", "## Unreleased\n\n## 0.2.0 - 2026-02-28\n"
    )
    assert release.unreleased(repository).strip() == ""
    with pytest.raises(Refusal, match="not committed"):  # and twice is not possible by mistake
        release.require_releasable(repository, "0.3.0")


def test_our_own_changelog_and_version_can_be_read() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", release.version_of(ROOT))
    assert "## Unreleased\n" in (ROOT / "CHANGELOG.md").read_text()


# --- the matrix ---


def test_the_matrix_tries_what_the_metadata_promises() -> None:
    assert matrix.supported_pythons() == ["3.11", "3.12", "3.13"]


def test_an_interpreter_is_one_that_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "none"))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert matrix.found("3.99") is None
    shim = tmp_path / "python3.99"
    shim.write_text("#!/bin/sh\necho 'pyenv: python3.99: command not found' >&2; exit 127\n")
    shim.chmod(0o755)
    assert matrix.found("3.99") is None
    shim.write_text("#!/bin/sh\necho 3.99\n")
    assert matrix.found("3.99") == shim
    here = "{}.{}".format(*sys.version_info)
    assert matrix.found(here) == Path(sys.executable)


def test_what_cannot_be_tried_is_named_and_is_no_pass(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(matrix, "found", lambda version: None)
    assert matrix.main(["--python", "3.13"]) == 1
    assert capsys.readouterr().out == "  Python 3.13: skipped: there is no such interpreter here\n"


def test_a_database_that_is_missing_is_skipped_and_a_failure_counts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(matrix, "_environment", lambda version, interpreter: Path(sys.executable))
    monkeypatch.setitem(machine.TEST_PACKAGES, "postgresql", lambda: False)
    monkeypatch.setattr(matrix, "found", lambda version: Path(sys.executable) if version == "3.11" else None)
    given: list[list[str]] = []

    def tried(python: Path, database: str, wanted: list[str], *, log: str) -> str:
        given.append([database, *wanted])
        return "passed: 3 passed"

    monkeypatch.setattr(matrix, "_run", tried)
    assert matrix.main(["--", "--python", "3.11", "tests/kernel", "-x"]) == 0
    assert given == [["SQLite", "tests/kernel", "-x"]]
    assert "Python 3.11 on PostgreSQL: skipped: PostgreSQL is not installed here" in capsys.readouterr().out
    monkeypatch.setattr(matrix, "_run", lambda *given, log: "failed: 1 failed")
    assert matrix.main(["--python", "3.11"]) == 1
