"""The steps of `make`: what fails is said in one line, nothing outlives us, half of anything is not taken for whole."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import sys
import time
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.processes import Running
from tools import demo, steps
from tools.steps import Failed, Refusal, run, said

_Usage = namedtuple("_Usage", "total used free")


@pytest.fixture(autouse=True)
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(steps, "LOGS", tmp_path / "log")
    return tmp_path / "log"


def _python(program: str) -> list[str | Path]:
    return [sys.executable, "-c", program]


def test_a_failed_program_is_told_by_its_last_error_and_kept_whole(logs: Path) -> None:
    # Flushed: into a pipe, what is printed comes after what is complained of, unless the environment says otherwise.
    program = "import sys; print('Error: no such thing', flush=True); sys.exit('bye')"
    with pytest.raises(Failed, match=r"^step failed: Error: no such thing \(all of it: \.tools/log/\)$"):
        run(_python(program), name="step")
    assert (logs / "step.txt").read_text().endswith("\nError: no such thing\nbye\n")


def test_a_shown_program_tells_how_it_goes_but_its_complaint_is_one_line_too(
    logs: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    program = "print('20 of 70', flush=True); raise SystemExit('Traceback ...\\nOSError: gone')"
    with pytest.raises(Failed, match=r"^step failed: OSError: gone \("):
        run(_python(program), name="step", show=True)
    assert capfd.readouterr() == ("20 of 70\n", "")
    assert "OSError: gone" in (logs / "step.txt").read_text()


def test_on_a_full_disk_any_error_is_laid_to_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: _Usage(100, 100, 4096))
    with pytest.raises(Failed, match=r"^migrate failed: the disk is full$") as refused:
        run(_python("raise SystemExit('OperationalError: disk I/O error')"), name="migrate")
    assert refused.value.cause == steps.DISK_FULL


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "the disk is full"),
        (OSError(errno.EDQUOT, "Disk quota exceeded", "/x"), "the disk is full"),
        (PermissionError(errno.EACCES, "Permission denied", "/x/y"), "Permission denied: /x/y"),
        (OSError("odd"), "odd"),
    ],
)
def test_what_the_machine_refuses_is_one_line(error: OSError, words: str) -> None:
    assert said(error) == words


def test_a_step_ends_when_its_starter_is_killed(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    step = f"import os, time; open({str(told)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    running = Running(
        _python(f"import sys; from tools.steps import run; run([sys.executable, '-c', {step!r}], name='killed-step')")
    )
    try:
        _wait_until(lambda: told.exists() and told.read_text() != "")
        running.process.send_signal(signal.SIGKILL)
        _wait_until(lambda: not _lives(int(told.read_text())))
    finally:
        running.close()


def _wait_until(happens: Callable[[], bool]) -> None:
    for _ in range(400):
        if happens():
            return
        time.sleep(0.05)
    pytest.fail("it did not happen")


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


# --- the demo's own files ---


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, path in {
        "VAR": tmp_path,
        "DATABASE": tmp_path / "akcept.sqlite3",
        "_UNFINISHED": tmp_path / "unfinished.sqlite3",
    }.items():
        monkeypatch.setattr(demo, name, path)
    monkeypatch.setattr(steps, "_STAMPS", tmp_path / "stamps")
    return tmp_path


def test_the_key_is_made_once_whole_and_for_nobody_else_to_read(var: Path) -> None:
    (var / "secret-key.new").write_text("")  # a full disk, earlier
    key = demo._secret_key()
    assert len(key) >= 50
    assert demo._secret_key() == key
    assert (var / "secret-key").stat().st_mode & 0o077 == 0
    assert [path.name for path in var.iterdir()] == ["secret-key"]


def test_half_a_database_is_never_taken_for_the_shops(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = [var / f"unfinished.sqlite3{suffix}" for suffix in ("", "-wal", "-shm")]
    for path in left:
        path.write_bytes(b"half a company")  # of a start that was killed
    asked: list[str] = []

    def breaks_down(command: list[str], *, name: str, env: dict[str, str], show: bool = False) -> str:
        asked.append(name)
        assert env["AKCEPT_DATABASE_URL"] == f"sqlite:///{var / 'unfinished.sqlite3'}"
        assert name != "migrate" or not any(path.exists() for path in left)
        if name == "demo_data":
            raise Failed("demo_data failed: the disk is full", cause=steps.DISK_FULL)
        (var / "unfinished.sqlite3").write_bytes(b"")
        return ""

    monkeypatch.setattr(demo, "run", breaks_down)
    with pytest.raises(Refusal, match="the disk is full"):
        demo._database(dict(os.environ))
    assert asked == ["migrate", "demo_data"]
    assert not (var / "akcept.sqlite3").exists()
    assert not (var / "stamps").exists() or not list((var / "stamps").iterdir())
