"""What `make` says on a machine that cannot: one clear line, exit status 1, no traceback."""

from __future__ import annotations

import ast
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.processes import ROOT
from tools import machine, setup, steps
from tools.steps import Refusal, cause_of, fingerprint

GATE = ROOT / "tools" / "env.py"


def _refused(command: Sequence[str | Path], *, cwd: Path = ROOT, env: dict[str, str] | None = None) -> str:
    """Run a program that must refuse; return its one line."""
    done = subprocess.run([*command], cwd=cwd, capture_output=True, text=True, check=False, env=env)
    assert done.returncode == 1, done.stdout + done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    return str(lines[0])


def _copy_of_the_gate(folder: Path) -> Path:
    """Return a project folder with nothing but the tools in it."""
    shutil.copytree(ROOT / "tools", folder / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    return folder / "tools" / "env.py"


def _make(*settings: str) -> subprocess.CompletedProcess[str]:
    """Run a `make demo` that must refuse: our line, and the one `make` adds."""
    outside = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    command = ["make", "demo", *settings]  # on its own, also when `make test` has started us
    done = subprocess.run(command, cwd=ROOT, env=outside, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 2, done.stderr
    assert done.stdout == ""
    return done


def test_a_port_in_use_is_named_with_a_free_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = _refused([sys.executable, GATE, "demo", "--port", str(port)])
    assert line.startswith(f"akcept: port {port} is in use: stop what runs there, or take another one, make demo PORT=")
    offered = int(line.rpartition("=")[2])
    machine.require_free_port(offered)


@pytest.mark.parametrize("port", ["eighty", "0", "70000"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    line = _refused([sys.executable, GATE, "demo", "--port", port])
    assert line == f"akcept: PORT={port} is no port: take a number from 1 to 65535"


def test_make_passes_the_port_and_its_refusal_on() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = _make(f"PORT={port}", f"PYTHON={sys.executable}")
    assert f"akcept: port {port} is in use" in done.stderr
    assert "akcept: PORT= is no port" in _make("PORT=", f"PYTHON={sys.executable}").stderr


def _pretending(version: tuple[int | str, ...]) -> str:
    return (
        f"import runpy, sys; sys.version_info = {version!r}; sys.argv = [{str(GATE)!r}, 'demo'];"
        f"runpy.run_path({str(GATE)!r}, run_name='__main__')"
    )


def test_an_old_python_says_so(tmp_path: Path) -> None:
    line = _refused([sys.executable, "-c", _pretending((3, 9, 2, "final", 0))], env={"PATH": str(tmp_path)})
    assert line.startswith(f"akcept: Python 3.11 or newer is needed; {sys.executable} is 3.9.")


def test_an_old_python_hands_over_to_a_newer_one_beside_it_that_works(tmp_path: Path) -> None:
    # As a version manager leaves them: a name for each version it has, most of which lead nowhere.
    for version, does in (("3.13", "echo not chosen; exit 127"), ("3.12", 'echo "taken over: $*"')):
        newer = tmp_path / f"python{version}"
        newer.write_text(f"#!/bin/sh\n{does}\n")
        newer.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-c", _pretending((3, 9, 2, "final", 0))],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == f"taken over: {GATE} demo\n", done.stderr


def test_any_python_can_read_the_gate() -> None:
    tree = ast.parse(GATE.read_text(), feature_version=(3, 4))
    newer = (ast.Starred, ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.AsyncFunctionDef, ast.Nonlocal)
    assert [ast.dump(node) for node in ast.walk(tree) if isinstance(node, newer)] == []
    assert all(
        argument.annotation is None
        for node in ast.walk(tree)
        if isinstance(node, ast.arguments)
        for argument in node.args
    )


@pytest.mark.parametrize("python", ["python-of-nobody", "/no/such/python3"])
def test_a_python_that_is_not_there_is_named_with_the_way_out(python: str) -> None:
    done = _make(f"PYTHON={python}")
    assert done.stderr.splitlines()[0].startswith(f"akcept: there is no {python} here: install Python 3.11 or newer")


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    gate = _copy_of_the_gate(tmp_path / "project")
    (tmp_path / "project").chmod(0o555)
    # Root may write everywhere: take that one power away, and it is refused like anybody.
    powerless = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"] if os.geteuid() == 0 else []
    line = _refused([*powerless, sys.executable, gate, "demo"], cwd=tmp_path)
    assert line.startswith(f"akcept: no permission to write to {tmp_path / 'project'}")


def test_too_little_room_is_told_in_megabytes(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free // 1_000_000
    with pytest.raises(
        Refusal, match=rf"^not enough room on the disk: {free * 2} MB are needed under .*, \d+ MB are free$"
    ):
        machine.require_space(free * 2, folder=tmp_path)
    machine.require_space(1, folder=tmp_path)


def test_missing_packages_name_the_command_where_we_may_not_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(Refusal, match=r"^nosuch missing; as root: apt-get install nosuch$"):
        machine.require_packages({"sh": lambda: True, "nosuch": lambda: False})


def _a_machine_that_has_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    monkeypatch.setattr(machine, "_has_postgres", lambda: False)
    monkeypatch.setattr(machine, "_has_library", lambda _name: False)
    monkeypatch.setitem(machine.PYTHON_PACKAGES, "python3-venv", lambda: False)
    for name in ("AKCEPT_CHROMIUM", "AKCEPT_POSTGRES_BIN"):
        monkeypatch.delenv(name, raising=False)


def test_h1_h3_all_that_only_root_can_install_is_asked_for_in_one_line_before_anything_else(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _a_machine_that_has_nothing(monkeypatch)
    assert setup.main(["test"]) == 1
    assert capsys.readouterr().err == (
        "akcept: chromium-headless-shell, postgresql, redis-server, curl, libatomic1, gettext, python3-venv missing; "
        "as root: "
        "apt-get install chromium-headless-shell postgresql redis-server curl libatomic1 gettext python3-venv\n"
    )


def test_h1_a_library_is_there_when_it_can_be_loaded() -> None:
    assert machine._has_library("libc.so.6")
    assert not machine._has_library("libnosuch.so.1")


def test_h1_a_browser_that_does_not_start_is_told_once_before_the_first_test(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\necho 'error while loading shared libraries: libnosuch.so.1' >&2; exit 127\n")
    broken.chmod(0o755)
    monkeypatch.setenv("AKCEPT_CHROMIUM", str(broken))
    monkeypatch.setattr(setup, "_prepare", lambda *_arguments: None)
    monkeypatch.setattr(setup, "is_stamped", lambda *_arguments: False)
    monkeypatch.setattr(setup, "_exec", lambda *_command: pytest.fail("tests were started"))
    monkeypatch.setattr(steps, "LOGS", tmp_path / "log")
    assert setup.main(["test"]) == 1
    assert "libnosuch.so.1" in capsys.readouterr().err


def test_h2_tests_learn_nothing_of_the_environment_they_are_started_from(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {name: value for name, value in os.environ.items() if name in setup._TOLD}
    monkeypatch.setattr(os, "environ", {**kept, "PYTHONUNBUFFERED": "1", "AKCEPT_DEMO": "1", "LANG": "pl_PL.UTF-8"})
    setup._forget_the_environment()
    assert os.environ == kept
    assert "PATH" in kept


@pytest.mark.parametrize("lacking", ["shutil", "ctypes", "argparse"])
def test_f12_h3_a_python_without_its_library_says_what_to_install(lacking: str) -> None:
    program = (
        f"import sys; sys.modules[{lacking!r}] = None; sys.argv = [{str(GATE)!r}, 'demo'];"
        f"sys.dont_write_bytecode = True; exec(compile(open({str(GATE)!r}).read(), {str(GATE)!r}, 'exec'))"
    )
    outside = getattr(sys, "_base_executable", sys.executable)  # in an environment of ours the gate starts anew
    line = _refused([outside, "-c", f"__file__ = {str(GATE)!r}; {program}"])
    assert line == (
        f"akcept: this Python lacks a part of its own library ({lacking}): Debian's python3-minimal is not enough; "
        "as root: apt-get install git make python3 python3-venv"
    )


def test_f12_h3_readme_names_what_it_needs() -> None:
    readme = (ROOT / "README.md").read_text()
    assert "apt-get install git make python3 python3-venv" in readme


@pytest.mark.parametrize(
    ("output", "meaning"),
    [
        ("error: failed to write: No space left on device (os error 28)", "the disk is full"),
        ("npm error code ENOSPC", "the disk is full"),
        ("dns error: failed to lookup address information", "the package registry cannot be reached"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "a download is not what was locked"),
        ("npm error code EINTEGRITY", "a download is not what was locked"),
        ("SyntaxError: invalid syntax", None),
    ],
)
def test_usual_causes_are_recognised_in_what_a_program_printed(output: str, meaning: str | None) -> None:
    assert (cause_of(output) or "").startswith(meaning or "")
    assert (cause_of(output) is None) == (meaning is None)


def test_a_stamp_follows_content_and_names_not_times(tmp_path: Path) -> None:
    lock = tmp_path / "a.lock"
    lock.write_text("one")
    first = fingerprint([tmp_path])
    os.utime(lock, (1, 1))
    assert fingerprint([tmp_path]) == first
    lock.write_text("two")
    assert fingerprint([tmp_path]) != first
    lock.write_text("one")
    lock.rename(tmp_path / "b.lock")
    assert fingerprint([tmp_path]) != first


def test_help_lists_every_target_of_the_makefile() -> None:
    # Itself started by `make`, a make would add lines of its own.
    env = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    listed = subprocess.run(["make"], cwd=ROOT, env=env, capture_output=True, text=True, check=True).stdout
    declared = next(line for line in (ROOT / "Makefile").read_text().splitlines() if line.startswith(".PHONY:"))
    assert [line.split()[1] for line in listed.splitlines()] == declared.split()[1:]


def test_what_ci_calls_is_make_test() -> None:
    script = (ROOT / ".ci" / "run").read_text().splitlines()
    assert script[-1] == "exec make test"
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
