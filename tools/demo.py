"""`make demo`, the part inside `.venv`: database, demo company, static files, then server and relay until Ctrl-C."""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import secrets
import shutil
import sqlite3
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from shop.demo import people
from tools.machine import require_free_port, require_space
from tools.steps import ROOT, Refusal, fingerprint, is_stamped, run, said, say, stamp, step, unstamp
from tools.supervisor import Program, Supervisor

VAR = ROOT / "var"
DATABASE = VAR / "akcept.sqlite3"
MEDIA = VAR / "media"
_UNFINISHED = VAR / "unfinished.sqlite3"
_PYTHON = sys.executable


def main() -> int:
    """Prepare what is missing and serve; returns the exit status."""
    parser = argparse.ArgumentParser(prog="make demo")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--reset", action="store_true")
    parser.add_argument("--prepare-only", action="store_true")
    chosen = parser.parse_args()
    try:
        VAR.mkdir(exist_ok=True)
        with _alone():
            require_space(20)  # what serving writes; making the data asks for more
            env = _environment(chosen.port)
            if chosen.reset:
                _forget()
            _database(env)
            _static(env)
            if chosen.prepare_only:
                return 0
            return _serve(chosen.port, env)
    except Refusal as refusal:
        print(f"akcept: {refusal}", file=sys.stderr)
    except KeyboardInterrupt:
        print("akcept: interrupted; the next start goes on from here", file=sys.stderr)
        return 130
    except OSError as error:
        print(f"akcept: {said(error)}", file=sys.stderr)
    return 1


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Hold the folder's demo for ourselves; the kernel lets go of it however we end."""
    with (VAR / "demo.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refusal("the demo of this folder is running already: stop it first (Ctrl-C in its window)") from None
        yield


def _environment(port: int) -> dict[str, str]:
    url = f"http://127.0.0.1:{port}"
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "shop.settings",
        "PYTHONUNBUFFERED": "1",
        "AKCEPT_DEMO": "1",
        "AKCEPT_SECRET_KEY": _secret_key(),
        "AKCEPT_DATABASE_URL": f"sqlite:///{DATABASE}",
        "AKCEPT_MEDIA_ROOT": str(MEDIA),
        "AKCEPT_BASE_URL": url,
        "AKCEPT_TRUSTED_ORIGINS": f"{url},http://localhost:{port}",
        "AKCEPT_EMAIL_BACKEND": "shop.demo.mailbox.MailboxBackend",
    }


def _secret_key() -> str:
    """Return this machine's own key, made at the first start: the demo's cookies are worth nothing elsewhere."""
    path = VAR / "secret-key"
    if not path.exists():
        # Whole or not at all, and nobody else's to read: a full disk must not leave an empty key.
        unfinished = VAR / "secret-key.new"
        unfinished.unlink(missing_ok=True)
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
        unfinished.replace(path)
    return path.read_text()


def _remove_database(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _forget() -> None:
    with step("Starting over: the demo's data is thrown away"):
        _remove_database(DATABASE)
        shutil.rmtree(MEDIA, ignore_errors=True)


def _migrations() -> str:
    files = [*ROOT.glob("src/akcept/**/migrations/*.py"), *ROOT.glob("shop/**/migrations/*.py")]
    return fingerprint([ROOT / "requirements.lock", *sorted(files)])


def has_people(path: Path) -> bool:
    """Whether anybody could log in to a demo's database; `manage.py` makes an empty one wherever there is none."""
    if not path.exists():
        return False
    try:
        with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
            return connection.execute("SELECT 1 FROM accounts_user LIMIT 1").fetchone() is not None
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return False
        raise


def _database(env: dict[str, str]) -> None:
    """Make the demo's database, or bring the one that is there up to date."""
    print_ = _migrations()
    if has_people(DATABASE):
        if not is_stamped("database", print_):
            with step("Database: bringing the tables up to date"):
                run([_PYTHON, "manage.py", "migrate", "--no-input"], name="migrate", env=env)
            stamp("database", print_)
        return
    require_space(100)
    unstamp("database")
    # Under another name until it is whole: an interrupted start must not leave half a company.
    _remove_database(_UNFINISHED)
    building = {**env, "AKCEPT_DATABASE_URL": f"sqlite:///{_UNFINISHED}"}
    with step("Database: making the tables"):
        run([_PYTHON, "manage.py", "migrate", "--no-input"], name="migrate", env=building)
    title = "Demo company: catalogue, customers, a month of orders"
    if sys.stdout.isatty():
        say(title)
        run([_PYTHON, "manage.py", "demo_data", "--language", "en"], name="demo_data", env=building, show=True)
    else:
        with step(title):
            run([_PYTHON, "manage.py", "demo_data", "--language", "en"], name="demo_data", env=building)
    with contextlib.closing(sqlite3.connect(_UNFINISHED)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    _remove_database(DATABASE)
    _UNFINISHED.replace(DATABASE)
    _remove_database(_UNFINISHED)
    stamp("database", print_)


def _static(env: dict[str, str]) -> None:
    sources = [ROOT / "build" / "static", *ROOT.glob("src/akcept/*/static"), *ROOT.glob("shop/*/static")]
    print_ = fingerprint([ROOT / "requirements.lock", ROOT / "shop" / "settings.py", *sorted(sources)])
    if is_stamped("static", print_, made=[VAR / "static"]):
        return
    unstamp("static")
    with step("Static files"):
        run([_PYTHON, "manage.py", "collectstatic", "--no-input", "--clear"], name="collectstatic", env=env)
    stamp("static", print_)


def _serve(port: int, env: dict[str, str]) -> int:
    require_free_port(port)  # the set-up may have taken minutes
    # SQLite has one writer: one process with threads; more machines and processes are for PostgreSQL.
    server = [_PYTHON, "-m", "gunicorn", "shop.wsgi", "--bind", f"127.0.0.1:{port}", "--log-level", "warning"]
    server += ["--worker-class", "gthread", "--workers", "1", "--threads", "8", "--timeout", "60"]
    server += ["--no-control-socket"]  # it would lie in the home folder, which not everybody has
    relay = [_PYTHON, "manage.py", "relay", "--language", "en"]  # as all else in this window; mails in their reader's
    programs = [
        Program(name="server", command=server, essential=True),
        Program(name="relay", command=relay, essential=False),
    ]
    threading.Thread(target=_announce, args=(f"http://127.0.0.1:{port}",), daemon=True).start()
    say("Starting the server and the relay")
    return Supervisor(programs, env=env).run()


def _announce(url: str) -> None:
    """Print where the shop is and who can log in, once it answers."""
    for _ in range(600):
        time.sleep(0.1)
        try:
            urllib.request.urlopen(f"{url}/accounts/login/", timeout=5).close()  # noqa: S310  our own address
        except urllib.error.HTTPError:
            pass
        except OSError:
            continue
        break
    rows = people.logins()
    width = max(len(email) for email, _ in rows)
    lines = ["", f"  The shop is open: {url}", "", f"  Log in with the password  {people.PASSWORD}  as", ""]
    lines += [f"    {email:<{width}}  {what}" for email, what in rows]
    lines += ["", "  Ctrl-C ends it; the data stays. make demo RESET=1 starts over.", ""]
    print("\n".join(lines), flush=True)


if __name__ == "__main__":
    sys.exit(main())
