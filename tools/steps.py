"""What every step of the set-up shares: progress with timings, stamps, one clear line when it cannot go on."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import hashlib
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
LOGS = TOOLS / "log"
_STAMPS = TOOLS / "stamps"
_PR_SET_PDEATHSIG = 1

DISK_FULL = "the disk is full"
UNREACHABLE = "the package registry cannot be reached: check the network or the proxy"
FORBIDDEN = "no permission to write here"

#: What a failed program's output means, in words that name the way out.
_KNOWN_CAUSES = {
    DISK_FULL: ("No space left on device", "ENOSPC", "Disk quota exceeded", "database or disk is full"),
    UNREACHABLE: (
        *("Temporary failure in name resolution", "Could not resolve", "dns error", "ENOTFOUND", "EAI_AGAIN"),
        *("Network is unreachable", "Connection refused", "ConnectTimeoutError", "error sending request"),
    ),
    "a download is not what was locked": ("DO NOT MATCH THE HASHES", "Hash mismatch", "EINTEGRITY"),
    FORBIDDEN: ("Permission denied", "EACCES", "Read-only file system"),
}


Command = list[str | Path]


class Refusal(Exception):
    """The set-up cannot go on; the text is one line that says why and what to do."""


class Failed(Refusal):
    """A program ended with an error; `cause` names it when it is one of the usual ones."""

    def __init__(self, text: str, *, cause: str | None) -> None:
        super().__init__(text)
        self.cause = cause


@contextlib.contextmanager
def step(title: str) -> Iterator[None]:
    """Show a step with the seconds it takes, counting while it runs when somebody watches."""
    begun = time.monotonic()
    done = threading.Event()
    watched = sys.stdout.isatty()

    def count() -> None:
        while not done.wait(0.2):
            sys.stdout.write(f"\r  … {title}  {time.monotonic() - begun:.0f} s ")
            sys.stdout.flush()

    counter = threading.Thread(target=count, daemon=True)
    if watched:
        counter.start()
    else:
        print(f"  … {title}", flush=True)
    sign = "x"
    try:
        yield
        sign = "✓"
    finally:
        done.set()
        if watched:
            counter.join()
        print(f"{chr(13) if watched else ''}  {sign} {title}  {time.monotonic() - begun:.1f} s", flush=True)


def say(text: str) -> None:
    """Print one line of progress."""
    print(f"  {text}", flush=True)


def run(
    command: Command,
    *,
    name: str,
    env: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
    show: bool = False,
) -> str:
    """Run a program to its end and return its output, which is also kept in `.tools/log/<name>.txt`.

    With `show` it tells on the screen how it goes, and only what it complains of is kept. It ends when we do, however
    that is. Raises Failed.
    """
    done = subprocess.run(
        [*map(str, command)],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=None if show else subprocess.PIPE,
        stderr=subprocess.PIPE if show else subprocess.STDOUT,
        preexec_fn=die_with_parent,
    )
    output = (done.stderr if show else done.stdout).decode(errors="replace")
    with contextlib.suppress(OSError):
        LOGS.mkdir(parents=True, exist_ok=True)
        (LOGS / f"{name}.txt").write_text(f"$ {shlex.join(map(str, command))}\n{output}")
    if done.returncode:
        cause = cause_of(output) or (DISK_FULL if _is_full(cwd) else None)
        raise Failed(f"{name} failed: {cause or _last_line(output)}", cause=cause)
    return output


def die_with_parent() -> None:
    """Called in a child: even `kill -9` on us leaves nothing running (Linux; elsewhere there is no such request)."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _is_full(folder: Path) -> bool:
    """Say whether the disk is so full that any error may come from that: SQLite calls it by other names."""
    try:
        return shutil.disk_usage(folder).free < 10_000_000
    except OSError:
        return False


def home_is_writable() -> bool:
    """Say whether programs can keep their caches where they usually do."""
    return os.access(Path.home(), os.W_OK)


def said(error: OSError) -> str:
    """Return what the machine refused, in one line."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DISK_FULL
    return f"{error.strerror}: {error.filename}" if error.filename else str(error.strerror or error)


def cause_of(output: str) -> str | None:
    """Return what a program's output means when it is one of the usual causes."""
    for meaning, signs in _KNOWN_CAUSES.items():
        if any(sign in output for sign in signs):
            return meaning
    return None


def _last_line(output: str) -> str:
    """Return the line that says most: the last one that speaks of an error, else the last one."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    if not lines:
        return "it printed nothing"
    # A program that misses a library says so first, and whoever started it complains of what follows from that.
    lacking = [line for line in lines if "error while loading shared libraries" in line]
    speaking = [line for line in lines if any(word in line.lower() for word in ("error", "unknown", "cannot"))]
    return f"{(lacking or speaking or lines)[-1]} (all of it: .tools/log/)"


# --- stamps: a step is skipped while what it was made from stays the same ---


def fingerprint(paths: Iterable[Path], *, more: str = "") -> str:
    """Return a hash of the files' contents and names; folders count with everything below them."""
    digest = hashlib.sha256(more.encode())
    for path in paths:
        files = sorted(inner for inner in path.rglob("*") if inner.is_file()) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(f"\0{file.relative_to(ROOT) if file.is_relative_to(ROOT) else file}\0".encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()


def is_stamped(name: str, print_: str, *, made: Iterable[Path] = ()) -> bool:
    """Say whether the step already ran on this content and what it made is still there."""
    try:
        stamped = json.loads((_STAMPS / f"{name}.json").read_text())
    except (OSError, ValueError):
        return False
    return stamped == {"of": print_} and all(path.exists() for path in made)


def stamp(name: str, print_: str) -> None:
    """Remember that the step ran on this content."""
    _STAMPS.mkdir(parents=True, exist_ok=True)
    (_STAMPS / f"{name}.json").write_text(json.dumps({"of": print_}))


def unstamp(name: str) -> None:
    """Forget that the step ran, before doing it again: half a step must not count."""
    (_STAMPS / f"{name}.json").unlink(missing_ok=True)
