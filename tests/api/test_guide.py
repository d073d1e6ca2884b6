"""The quick start is run as it stands: its lines in a shell, its program in Python."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import Any

import pytest

from akcept.api import actions
from akcept.ordering.models import Placement
from akcept.organizations.models import UnitAddress
from akcept.testing import carts
from akcept.testing.cast import Cast
from tests.support.api import system_of
from tests.support.live_shop import LiveShop
from tests.support.processes import ROOT

GUIDE = (ROOT / "docs" / "api" / "README.md").read_text(encoding="utf-8")
SHELL = re.findall(r"```sh\n(.*?)```", GUIDE, flags=re.DOTALL)
(PROGRAM,) = re.findall(r"```python\n(.*?)```", GUIDE, flags=re.DOTALL)


def _run(command: list[str], text: str, **given: str) -> str:
    done = subprocess.run(
        command, input=text, env={**os.environ, **given}, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _answers(text: str, **given: str) -> list[Any]:
    return [json.loads(line) for line in _run(["sh", "-e"], text, **given).strip().splitlines()]


@pytest.mark.slow
def test_the_quick_start_does_what_it_says(cast: Cast, live_shop: LiveShop) -> None:
    carts.stock("P1", price="10.00")
    address = UnitAddress.objects.get(unit=cast.krakow).pk
    scopes = ["orders:read", "orders:place", "catalogue:read", "organization:read"]
    assert all(f"`{scope}`" in GUIDE for scope in scopes)
    given = {"AKCEPT": live_shop.url, "TOKEN": system_of(cast.anna, scopes=scopes).token}
    looking, ordering, exchange = (text.replace("curl -s", "curl -sf") for text in SHELL)
    me, products, addresses = _answers(looking, **given)
    product = next(row for row in products["items"] if row["code"] == "P1")
    assert (me["name"], addresses["items"][0]["id"]) == ("Anna Kowalska", address)
    chosen = {"CODE": product["code"], "PIECES": "2", "ADDRESS": str(address)}
    tried, placed = _answers(ordering, **given, **chosen)
    assert (tried["would_wait"], placed["held"]) == (True, True)
    assert Placement.objects.get().po_number == "ZAM/1"
    said = _run([sys.executable, "-"], PROGRAM, **given)
    number = Placement.objects.latest("order_id").number
    assert said.splitlines() == [f"{number} awaiting_acceptance ['comment', 'resubmit', 'withdraw']", "withdrawn"]
    client = actions.give_client(actor=cast.dora.actor, name="ERP", scopes=["orders:read"])
    named = {"CLIENT_ID": client.credential.key, "CLIENT_SECRET": client.secret}
    (told,) = _answers(exchange, **given, **named)
    assert told["expires_in"] == 3600


@pytest.mark.slow
def test_the_quick_start_says_why_it_was_refused(cast: Cast, live_shop: LiveShop) -> None:
    carts.stock("P1", price="10.00")
    token = system_of(cast.anna, scopes=["orders:read", "catalogue:read", "organization:read"]).token
    given = {**os.environ, "AKCEPT": live_shop.url, "TOKEN": token}
    done = subprocess.run(
        [sys.executable, "-"], input=PROGRAM, env=given, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("POST /orders: 403 scope_missing: ")
    assert "Traceback" not in done.stderr
