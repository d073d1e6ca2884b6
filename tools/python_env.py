"""The virtual environment `.venv`, made from the hashed lock files with uv, or with plain pip where uv cannot."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tools.machine import NEEDED_MB, install_packages, require_space
from tools.steps import (
    DISK_FULL,
    FORBIDDEN,
    ROOT,
    TOOLS,
    Command,
    Failed,
    Refusal,
    fingerprint,
    home_is_writable,
    is_stamped,
    run,
    say,
    stamp,
    step,
    unstamp,
)

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
_LOCKS = ROOT / "tools" / "locks"
_BUILD = TOOLS / "build"
_LOCK = {"runtime": ROOT / "requirements.lock", "dev": ROOT / "requirements-dev.lock"}


def ensure(kind: str) -> None:
    """Make `.venv` match the lock file: `runtime` (what the shop runs on) or `dev` (that, and what tests it)."""
    print_ = {each: _fingerprint(each) for each in _LOCK}
    # The test lock contains the run-time lock, version by version.
    if any(is_stamped(f"python-{each}", print_[each], made=[PYTHON]) for each in {kind, "dev"}):
        return
    require_space(NEEDED_MB[kind])
    if is_stamped("python-dev", print_["dev"]) or (VENV / "bin" / "pytest").exists():
        kind = "dev"  # a lock file changed: keep serving the tests too
    for each in _LOCK:
        unstamp(f"python-{each}")
    with step(f"Python environment ({'with the test tools' if kind == 'dev' else 'run-time packages'})"):
        _make(_LOCK[kind])
    stamp(f"python-{kind}", print_[kind])


def _fingerprint(kind: str) -> str:
    # The interpreter and the place count: a moved or upgraded environment does not work.
    return fingerprint([_LOCK[kind], ROOT / "pyproject.toml", _LOCKS], more=f"{sys.version}{VENV}")


def _make(lock: Path) -> None:
    uv = _uv()
    if uv is not None:
        try:
            _make_with_uv(uv, lock)
            return
        except Failed as failed:
            if failed.cause in {DISK_FULL, FORBIDDEN}:
                raise
            say(f"uv could not do it ({failed}); trying pip")
    _make_with_pip(lock)


# --- uv ---


def _uv() -> Path | None:
    """Return our own pinned uv, fetched by whatever this machine has; None where it cannot be had."""
    uv, print_ = TOOLS / "uv" / "bin" / "uv", fingerprint([_LOCKS / "uv.lock.txt"])
    if is_stamped("uv", print_, made=[uv]):
        return uv
    try:
        install_locked(TOOLS / "uv", lock=_LOCKS / "uv.lock.txt")
    except Failed as failed:
        if failed.cause:
            raise
        say(f"uv cannot be had here ({failed}); using pip")
        return None
    stamp("uv", print_)
    return uv


def _make_with_uv(uv: Path, lock: Path) -> None:
    if not _is_ours():
        env = _uv_environment()
        run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, VENV], name="uv venv", env=env)
    _fill_with_uv(uv, lock, PYTHON)


def make_beside(folder: Path, *, python: Path, kind: str) -> Path:
    """Make another environment, of another Python, from the same lock file; return its Python. Raises Refusal."""
    inside = folder / "bin" / "python"
    print_ = fingerprint([_LOCK[kind], ROOT / "pyproject.toml"], more=f"{python}{folder}")
    if not is_stamped(f"python-{folder.name}", print_, made=[inside]):
        uv = _uv()
        if uv is None:
            raise Refusal("uv, which makes environments of other Pythons, cannot be had here")
        env = _uv_environment()
        run([uv, "venv", "--quiet", "--clear", "--python", python, folder], name="uv venv", env=env)
        _fill_with_uv(uv, _LOCK[kind], inside)
        stamp(f"python-{folder.name}", print_)
    return inside


def _fill_with_uv(uv: Path, lock: Path, python: Path) -> None:
    env = _uv_environment()
    pip: Command = [uv, "pip", "install", "--python", python]
    build: Command = [*pip, "--target", _BUILD, "--require-hashes", "--no-build", "-r", _LOCKS / "build.lock.txt"]
    run(build, name="uv pip install build", env=env)
    # What comes as source only is built with the pinned tools too, never with whatever is newest.
    env["PYTHONPATH"] = str(_BUILD)
    sync: Command = [uv, "pip", "sync", "--python", python, "--require-hashes", "--no-build-isolation", lock]
    run(sync, name="uv pip sync", env=env)
    run([*pip, "--no-deps", "--no-build-isolation", "-e", ROOT], name="uv pip install akcept", env=env)


def _uv_environment() -> dict[str, str]:
    """Tell uv what the machine told pip: a company's mirror and certificates."""
    env = {"UV_NO_PROGRESS": "1", "UV_NO_CONFIG": "1", "VIRTUAL_ENV": ""}
    if not home_is_writable():
        env["UV_CACHE_DIR"] = str(TOOLS / "cache" / "uv")
    told = {**_pip_settings(), **{name: os.environ[name] for name in os.environ if name.startswith("PIP_")}}
    for ours, theirs in (("UV_DEFAULT_INDEX", "PIP_INDEX_URL"), ("SSL_CERT_FILE", "PIP_CERT")):
        if theirs in told and ours not in os.environ:
            env[ours] = told[theirs]
    return env


def _pip_settings() -> dict[str, str]:
    if importlib.util.find_spec("pip") is None:
        return {}
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    found = re.findall(r"^(?:global|site|user|install)\.(index-url|cert)='(.+)'$", listed.stdout, re.MULTILINE)
    return {f"PIP_{name.replace('-', '_').upper()}": value for name, value in found}


# --- pip ---


def _is_ours() -> bool:
    """Say whether `.venv` runs on this very Python."""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        asked: Command = [PYTHON, "-c", "import sys; print(sys.version, sys.base_prefix, sys.prefix)"]
        told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
        return told == f"{sys.version} {sys.base_prefix} {VENV}"
    return False


def _make_with_pip(lock: Path) -> None:
    shutil.rmtree(_BUILD, ignore_errors=True)
    install_locked(_BUILD, lock=_LOCKS / "build.lock.txt")
    # Debian splits pip's part off the venv module: without it, the pip we have installs from outside.
    run([sys.executable, "-m", "venv", "--clear", "--without-pip", VENV], name="python -m venv")
    pip: Command = [*_pip(), "--python", PYTHON, "--disable-pip-version-check", "install", "--quiet"]
    # The build tools are on the path for what comes as source only; they do not count as installed.
    pip += ["--ignore-installed", "--no-build-isolation"]
    env = {"PYTHONPATH": str(_BUILD)}
    run([*pip, "--require-hashes", "-r", lock], name="pip install", env=env)
    run([*pip, "--no-deps", "-e", ROOT], name="pip install akcept", env=env)


def install_locked(folder: Path, *, lock: Path, beside: bool = False) -> None:
    """Install locked packages into a folder of ours, with the pip this machine has or can be given.

    `beside` is for a lock that holds no more than what `.venv` lacks.
    """
    shutil.rmtree(folder, ignore_errors=True)
    pip: Command = [*_pip(), "--disable-pip-version-check", "install", "--quiet", "--target", folder]
    pip += ["--no-deps"] if beside else []
    run([*pip, "--require-hashes", "--only-binary", ":all:", "-r", lock], name=f"pip install {folder.name}")


def ensure_beside(name: str, *, title: str) -> Path:
    """Return the folder with what one target needs beside `.venv`, installed from `tools/locks/<name>.lock.txt`."""
    folder, lock = TOOLS / name, _LOCKS / f"{name}.lock.txt"
    print_ = fingerprint([lock], more=sys.version)
    if not is_stamped(name, print_, made=[folder]):
        unstamp(name)
        with step(title):
            install_locked(folder, lock=lock, beside=True)
        stamp(name, print_)
    return folder


def pip_into(python: Path) -> Command:
    """Return how to call pip for another environment, which need not have one."""
    return [*_pip(), "--python", python, "--disable-pip-version-check"]


def _pip() -> Command:
    """Return how to call pip: this Python's, one in an environment of ours, or Debian's after installing it."""
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    own = TOOLS / "pip"
    if not (own / "bin" / "pip").exists():
        try:
            run([sys.executable, "-m", "venv", "--clear", own], name="python -m venv")
        except Failed:
            shutil.rmtree(own, ignore_errors=True)
            try:
                install_packages(["python3-venv"])
                run([sys.executable, "-m", "venv", "--clear", own], name="python -m venv")
            except Refusal as refusal:
                raise Refusal(
                    "this Python has neither pip nor venv; as root: apt-get install python3-venv"
                ) from refusal
    return [own / "bin" / "python", "-m", "pip"]
