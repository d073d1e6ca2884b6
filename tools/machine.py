"""What the machine must offer: a writable folder, room on the disk, a free port, Debian packages for the tests."""

from __future__ import annotations

import ctypes
import errno
import importlib.util
import os
import shutil
import socket
from collections.abc import Callable, Sequence
from pathlib import Path

from tools.steps import ROOT, Refusal, run, step

#: Room for the environment, the front-end packages and the demo's database, in megabytes.
NEEDED_MB = {"runtime": 900, "dev": 1500}

#: How a machine reaches package registries, if by other ways than the usual.
NETWORK = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "PIP_INDEX_URL")
CERTIFICATES = ("SSL_CERT_FILE", "PIP_CERT", "NODE_EXTRA_CA_CERTS")


def require_writable(folder: Path = ROOT) -> None:
    """Refuse when nothing can be written into the project's folder."""
    probe = folder / f".write-test-{os.getpid()}"
    try:
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise Refusal(f"the disk under {folder} is full") from None
        raise Refusal(
            f"no permission to write to {folder}: run as its owner, or copy it to a folder of yours"
        ) from None


def require_space(needed_mb: int, *, folder: Path = ROOT) -> None:
    """Refuse when the disk has less room than the set-up takes."""
    free_mb = shutil.disk_usage(folder).free // 1_000_000
    if free_mb < needed_mb:
        raise Refusal(f"not enough room on the disk: {needed_mb} MB are needed under {folder}, {free_mb} MB are free")


def require_free_port(port: int, *, host: str = "127.0.0.1") -> None:
    """Refuse when somebody already listens on the port."""
    if not 1 <= port <= 65_535:
        raise Refusal(f"PORT={port} is no port: take a number from 1 to 65535")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise Refusal(f"port {port} may only be used by root: take another one, make demo PORT=8000") from None
        except OSError:
            raise Refusal(
                f"port {port} is in use: stop what runs there, or take another one, make demo PORT={_free_beside(port)}"
            ) from None


def _free_beside(port: int) -> int:
    for candidate in range(port + 1, port + 50):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", candidate))
            except OSError:
                continue
            return candidate
    return 8000


# --- Debian packages ---


def _has_postgres() -> bool:
    return shutil.which("initdb") is not None or any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


def _has_chromium() -> bool:
    """Chromium without its windows does the same for half the work; the whole one serves who cannot get it."""
    if shutil.which("chromium-headless-shell") or "AKCEPT_CHROMIUM" in os.environ:
        return True
    return os.geteuid() != 0 and any(map(shutil.which, ("chromium", "chromium-browser")))


def _has_library(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _can_make_environments() -> bool:
    """Say whether pip or what brings it is here: Debian splits that off its Python."""
    return any(importlib.util.find_spec(name) is not None for name in ("pip", "ensurepip"))


#: Debian package -> is what we need of it already here?
PYTHON_PACKAGES: dict[str, Callable[[], bool]] = {"python3-venv": _can_make_environments}
TEST_PACKAGES: dict[str, Callable[[], bool]] = {
    "chromium-headless-shell": _has_chromium,
    "postgresql": lambda: _has_postgres() or "AKCEPT_POSTGRES_BIN" in os.environ,
    "redis-server": lambda: shutil.which("redis-server") is not None,
    "curl": lambda: shutil.which("curl") is not None,  # the API's guide is tried as it is written
    "libatomic1": lambda: _has_library("libatomic.so.1"),  # the Node inside Playwright is linked against it
}
MESSAGE_PACKAGES: dict[str, Callable[[], bool]] = {"gettext": lambda: shutil.which("xgettext") is not None}


def require_packages(wanted: dict[str, Callable[[], bool]]) -> None:
    """Install what is missing when we are root on Debian, else refuse and name all of it in one command."""
    missing = [name for name, is_here in wanted.items() if not is_here()]
    if missing:
        with step(f"Debian packages: {', '.join(missing)}"):
            install_packages(missing)


def install_packages(names: Sequence[str]) -> None:
    """Install Debian packages. Raises Refusal when we may not."""
    command = f"apt-get install {' '.join(names)}"
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise Refusal(f"{', '.join(names)} missing; as root: {command}")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "update", "-q"], name="apt-get update", env=quiet)
    run(["apt-get", "install", "-q", "-y", "--no-install-recommends", *names], name="apt-get install", env=quiet)
