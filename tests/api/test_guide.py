"""The quick start is run as it stands: its lines in a shell, its program in Python."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

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


@pytest.mark.slow
def test_the_quick_start_does_what_it_says(cast: Cast, live_shop: LiveShop) -> None:
    carts.stock("P1", price="10.00")
    address = UnitAddress.objects.get(unit=cast.krakow).pk
    token = system_of(cast.anna, scopes=["orders:read", "orders:place", "organization:read"]).token
    given = {"AKCEPT": live_shop.url, "TOKEN": token}
    first, exchange = (text.replace('"address_id": 1', f'"address_id": {address}') for text in SHELL)
    told = _run(["sh", "-e"], first.replace("curl -s", "curl -sf -w '\\n'"), **given)
    me, _addresses, tried, placed = (json.loads(line) for line in told.strip().splitlines())
    assert (me["name"], tried["would_wait"], placed["held"]) == ("Anna Kowalska", True, True)
    assert Placement.objects.get().po_number == "ZAM/1"
    said = _run([sys.executable, "-"], PROGRAM, **given)
    number = Placement.objects.latest("order_id").number
    assert said.splitlines() == [f"{number} awaiting_acceptance ['comment', 'resubmit', 'withdraw']", "withdrawn"]
    client = actions.give_client(actor=cast.dora.actor, name="ERP", scopes=["orders:read"])
    named = {"CLIENT_ID": client.credential.key, "CLIENT_SECRET": client.secret}
    assert json.loads(_run(["sh", "-e"], exchange, **given, **named))["expires_in"] == 3600
