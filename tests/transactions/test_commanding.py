"""B8: a command without its database says so in one line and ends with 75; cron and systemd try again."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command, get_commands
from django.core.management.base import BaseCommand
from django.db import OperationalError, ProgrammingError
from django.db.backends.base.base import BaseDatabaseWrapper

from akcept.kernel.clock import utc_now
from akcept.transactions import commanding
from tests.support.processes import ROOT, free_port

#: Our commands, each with what it needs on the command line; "FILE" is a catalogue of one product, "RATES" NBP's table.
OURS: dict[str, list[str]] = {
    "check_money": [],
    "countries": ["PL"],
    "demo_data": [],
    "erp_files": ["ERP-FOLDER"],
    "explain": ["100001"],
    "import_catalogue": ["FILE"],
    "index_products": [],
    "import_prices": ["PRICES", "--list", "Zima", "--by", "mia@shop.example"],
    "import_rates": ["RATES"],
    "outbox": [],
    "rehearse_restore": ["BACKUP"],
    "relay": ["--once"],
    "remove_akcept": ["--no-input"],
    "send_webhooks": ["--once"],
    "tick": [],
    "verify_journal": [],
}
_RATES = '[{"table": "A", "no": "1", "effectiveDate": "%s", "rates": [{"code": "EUR", "mid": 4.2512}]}]'
_CATALOGUE = "sku;name;net_price;vat;stock;category\nA;Papier;1,00;23;1;Biuro\n"


def _found() -> dict[str, str]:
    return {name: app for name, app in get_commands().items() if str(app).startswith(("akcept.", "shop."))}


def _arguments(name: str, folder: Path) -> list[str]:
    (folder / "ERP-FOLDER").mkdir(exist_ok=True)
    (folder / "FILE").write_text(_CATALOGUE)
    (folder / "PRICES").write_text("sku;net_price\nA;1,00\n")
    (folder / "RATES").write_text(_RATES % utc_now().date())
    return [str(folder / given) if given.isupper() and len(given) > 2 else given for given in OURS[name]]


def test_b8_all_of_our_commands_say_it() -> None:
    made = {name: import_module(f"{app}.management.commands.{name}").Command for name, app in _found().items()}
    assert sorted(made) == sorted(OURS)
    assert [name for name, command in made.items() if not issubclass(command, commanding.Command)] == []


@pytest.mark.parametrize("name", sorted(OURS))
@pytest.mark.django_db
def test_b8_without_a_database_in_one_line(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = _arguments(name, tmp_path)

    def down(*_args: Any, **_kwargs: Any) -> Any:
        said = "connection failed: port 1 failed: Connection refused\n\tIs the server running on that host?\n"
        raise OperationalError(said) from psycopg.OperationalError(said)

    monkeypatch.setattr(BaseDatabaseWrapper, "_cursor", down)
    with pytest.raises(CommandError) as refused:
        call_command(name, *arguments)
    assert refused.value.returncode == 75
    assert "\n" not in str(refused.value)
    assert "port 1 failed: Connection refused" in str(refused.value)


def test_a_fault_of_the_program_is_not_hidden() -> None:
    class Broken(commanding.Command):
        def handle(self, **_options: Any) -> None:
            raise ProgrammingError("no such column")

    with pytest.raises(ProgrammingError):
        call_command(Broken())


@pytest.mark.parametrize("name", ["tick", "migrate"])
def test_b8_as_it_is_run(name: str) -> None:
    """Django's own commands too, where the shop's `manage.py` runs them."""
    nobody = f"postgres://akcept:secret@127.0.0.1:{free_port()}/akcept"
    given = {"DJANGO_SETTINGS_MODULE": "shop.settings", "AKCEPT_SECRET_KEY": "x" * 50, "AKCEPT_DATABASE_URL": nobody}
    run = [sys.executable, "manage.py", name]
    done = subprocess.run(run, cwd=ROOT, env={**os.environ, **given}, capture_output=True, text=True, check=False)
    assert done.returncode == 75, done.stderr
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("CommandError: The database cannot be reached")
    assert "Traceback" not in done.stderr
    assert "secret" not in done.stderr


def test_the_base_stays_djangos() -> None:
    assert issubclass(commanding.Command, BaseCommand)


@pytest.mark.parametrize(
    ("number", "words", "said"),
    [
        (0, ("order",), "0 orders"),
        (1, ("order",), "1 order"),
        (2, ("order",), "2 orders"),
        (1, ("delivery", "deliveries"), "1 delivery"),
        (5, ("delivery", "deliveries"), "5 deliveries"),
    ],
)
def test_one_is_said_as_one(number: int, words: tuple[str, ...], said: str) -> None:
    assert commanding.counted(number, *words) == said


def test_no_command_writes_a_number_before_a_word_of_its_own() -> None:
    """So "1 orders" came about; `counted`, or ngettext, knows one from several."""
    beside = re.compile(
        r"\{[^{}]*\} (orders|products|rows|prices|lines|rates|mails|deliveries|chains|files|attempts)\b"
    )
    commands = [path for root in ("src", "shop") for path in (ROOT / root).rglob("management/commands/*.py")]
    assert len(commands) > 10
    found = {path.name: beside.findall(path.read_text()) for path in commands}
    assert not any(found.values()), found
