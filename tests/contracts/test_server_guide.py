"""H4: docs/operate/server.md does what it says, as far as it can be done without a machine to set up.

Its settings, its commands, its two services and its proxy are taken from the page and used: on a PostgreSQL of the
test's own, with its ports and folders instead of the page's. Packages, accounts and units are only looked at.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.support.processes import ROOT, free_port, manage, running

GUIDE = ROOT / "docs" / "operate" / "server.md"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HOME = "/srv/akcept/shop"


def _blocks(kind: str) -> list[str]:
    return [text for found, text in _BLOCK.findall(GUIDE.read_text()) if found == kind]


def _settings() -> dict[str, str]:
    lines = _blocks("ini")[0].splitlines()
    return {name: shlex.split(value)[0] if value else "" for name, _, value in (line.partition("=") for line in lines)}


def _commands() -> list[list[str]]:
    """Return what the page asks of `manage.py`, in order."""
    lines = "\n".join(_blocks("sh")).splitlines()
    return [shlex.split(line)[1:] for line in lines if line.startswith("akcept ")]


def _service(name: str) -> list[str]:
    """Return what a unit starts, here instead of there."""
    (unit,) = [text for text in _blocks("ini") if f"Description=Akcept: the {name}" in text]
    (started,) = re.findall(r"^ExecStart=(.+)$", unit, re.MULTILINE)
    program, *arguments = shlex.split(started)
    assert (ROOT / ".venv" / "bin" / Path(program).name).exists()
    assert program.startswith(f"{_HOME}/.venv/bin/")
    here = [sys.executable] if program.endswith("/python") else [sys.executable, "-m", Path(program).name]
    return [*here, *arguments]


@pytest.fixture
def server(migrated_postgresql: str, tmp_path: Path) -> dict[str, str]:
    """The page's settings with the database and folders of this test."""
    told = _settings()
    assert told["AKCEPT_SECRET_KEY"] == "", "a key on a page is everybody's"
    return told | {
        "AKCEPT_DATABASE_URL": migrated_postgresql,
        "AKCEPT_SECRET_KEY": "k" * 30 + "0123456789abcdefghij",
        "AKCEPT_MEDIA_ROOT": str(tmp_path),
    }


def test_h4_every_setting_of_the_page_is_one_of_the_shops() -> None:
    told = [name for name in _settings() if name.startswith("AKCEPT_")]
    assert len(told) >= 10
    settings = (ROOT / "shop" / "settings.py").read_text()
    assert [name for name in told if f'"{name}"' not in settings] == []


@pytest.mark.slow
def test_h4_the_pages_commands_and_services_make_a_shop_that_answers(server: dict[str, str], tmp_path: Path) -> None:
    products = tmp_path / "products.csv"
    products.write_text("sku;name;net_price;vat;stock;category\nPAP-1;Papier;18,90;23;40;Biuro > Papier\n")
    told = []
    for name, *arguments in _commands():
        given = [str(products) if argument.endswith("products.csv") else argument for argument in arguments]
        more = {"collectstatic": ["--dry-run"], "createsuperuser": ["--no-input"]}.get(name, [])
        environment = {**server, "DJANGO_SUPERUSER_PASSWORD": "a-long-one-9431"}
        told.append((name, manage(name, *given, *more, **environment)))
    assert [name for name, _said in told] == [
        *("migrate", "collectstatic", "check", "countries", "createsuperuser", "import_catalogue"),
        *("migrate", "collectstatic"),
    ]
    said = dict(told)
    assert "no issues" in said["check"]
    assert said["countries"] == "Sklep dostarcza do: PL.\n", "in the shop's language"
    assert "Produkty: 1; dodano: 1" in said["import_catalogue"]

    port = free_port()
    served = [part.replace("127.0.0.1:8000", f"127.0.0.1:{port}") for part in _service("shop")]
    with running(served, env=server) as shop, running(_service("relay"), env=server) as relay:
        url = f"http://127.0.0.1:{port}/accounts/login/"
        shop.wait_for_http(url)
        headers = dict(re.findall(r"proxy_set_header (\S+) (\S+);", _blocks("nginx")[0]))
        asked = urllib.request.Request(
            url, headers={**headers, "Host": "shop.example", "X-Forwarded-For": "203.0.113.7"}
        )
        with urllib.request.urlopen(asked, timeout=20) as answer:  # noqa: S310  as above
            assert answer.status == 200
            assert "Our shop" in answer.read().decode()
        with pytest.raises(urllib.error.HTTPError) as refused:  # another name than the shop's
            urllib.request.urlopen(url, timeout=20)
        assert refused.value.code == 400
        assert relay.process.poll() is None, relay.output


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_h4_systemd_understands_the_units(tmp_path: Path) -> None:
    units = [text for text in _blocks("ini") if text.startswith("[Unit]")]
    assert len(units) == 2
    for number, unit in enumerate(units):
        path = tmp_path / f"akcept-{number}.service"
        path.write_text(
            re.sub(r"^(ExecStart=)\S+", r"\1/bin/true", unit.replace("User=akcept", "User=root"), flags=re.M)
        )
        done = subprocess.run(["systemd-analyze", "verify", path], capture_output=True, text=True, check=False)
        assert str(path.name) not in done.stderr, done.stderr
