"""The shop as it is run on a server: nothing known to everybody, nothing Django warns of."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys

import pytest

from shop.accounts.checks import NO_KEY
from tests.support.processes import ROOT

CHECK = ["manage.py", "check", "--deploy", "--fail-level", "WARNING"]


def _run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AKCEPT_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=clean | environment, capture_output=True, text=True, check=False
    )


def test_server_behind_https_has_nothing_to_warn_of() -> None:
    key = secrets.token_urlsafe(50)
    done = _run(*CHECK, AKCEPT_SECRET_KEY=key, AKCEPT_HTTPS="1", AKCEPT_ALLOWED_HOSTS="shop.example")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "command", [["manage.py", "check"], ["manage.py", "relay", "--once"], ["-c", "import shop.wsgi"]]
)
def test_nothing_runs_without_a_key(command: list[str]) -> None:
    done = _run(*command)
    assert done.returncode != 0
    assert NO_KEY in done.stderr


def test_demo_needs_none() -> None:
    assert _run("manage.py", "check", AKCEPT_DEMO="1").returncode == 0
