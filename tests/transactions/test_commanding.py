"""B8: a command without its database says so in one line and ends with 75; cron and systemd try again."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command, get_commands
from django.core.management.base import BaseCommand
from django.db import OperationalError, ProgrammingError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import override_settings

from akcept.kernel.clock import utc_now
from akcept.testing import orders
from akcept.testing.cast import Cast
from akcept.transactions import commanding
from tests.support.processes import ROOT, free_port

#: Our commands, each with what it needs on the command line; "FILE" is a catalogue of one product, "RATES" NBP's table.
OURS: dict[str, list[str]] = {
    "check_figures": [],
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


#: What is typed wrong, or stands in the way, of each; of those that take nothing, what they say when all is well.
WRONG: dict[str, list[str]] = {
    "check_figures": [],
    "check_money": [],
    "countries": ["XX"],
    "demo_data": [],
    "erp_files": ["NOWHERE"],
    "explain": ["999999"],
    "import_catalogue": ["WRONG"],
    "import_prices": ["PRICES", "--list", "Zima", "--by", "nobody@shop.example"],
    "import_rates": ["WRONG"],
    "index_products": ["--check"],
    "outbox": ["--retry-dead"],
    "rehearse_restore": ["FILE"],
    "relay": ["--interval", "0"],
    "remove_akcept": ["--no-input"],
    "send_webhooks": ["--interval", "soon"],
    "tick": [],
    "verify_journal": [],
}
_ENGLISH = re.compile(
    r"\b(the|is|are|was|were|not|of|and|this|that|there|with|for|from|cannot|nothing|orders?|products?|missing|line"
    r"|done|due|already|chains?)\b",
    re.IGNORECASE,
)


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


@pytest.mark.parametrize("name", sorted(OURS))
@pytest.mark.django_db
def test_each_answers_in_the_shops_language(name: str, cast: Cast, tmp_path: Path) -> None:
    """Issue 9: what an operator of a Polish shop reads from a command is Polish; in an English one it is English."""
    orders.place(cast.anna)
    _arguments(name, tmp_path)
    (tmp_path / "WRONG").write_text("kod;nazwa;cena netto;vat;stan;kategoria\n;Papier;dużo;22;-1;>\n")
    told = {language: _said(name, language, tmp_path) for language in ("pl", "en")}
    assert told["pl"] != told["en"]
    assert _ENGLISH.findall(told["pl"]) == [], told["pl"]
    assert _ENGLISH.search(told["en"]), told["en"]


def _said(name: str, language: str, folder: Path) -> str:
    wrong = [str(folder / given) if given.isupper() and len(given) > 2 else given for given in WRONG[name]]
    out = StringIO()
    with override_settings(LANGUAGE_CODE=language):
        try:
            call_command(name, *wrong, stdout=out, stderr=out)
        except CommandError as refusal:
            out.write(str(refusal))
    said = out.getvalue().replace(str(folder), "")
    assert said.strip()
    return re.sub(r"INSTALLED_APPS|manage\.py \S+|--\S+|„[^”]*”|“[^”]*”", "", said)


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
    assert last.startswith("CommandError: Nie można połączyć się z bazą danych.")
    assert "Traceback" not in done.stderr
    assert "secret" not in done.stderr


def test_the_base_stays_djangos() -> None:
    assert issubclass(commanding.Command, BaseCommand)


def test_no_command_writes_a_number_before_a_word_of_its_own() -> None:
    """So "1 orders" came about; ngettext knows one from several."""
    beside = re.compile(
        r"\{[^{}]*\} (orders|products|rows|prices|lines|rates|mails|deliveries|chains|files|attempts)\b"
    )
    commands = [path for root in ("src", "shop") for path in (ROOT / root).rglob("management/commands/*.py")]
    assert len(commands) > 10
    found = {path.name: beside.findall(path.read_text()) for path in commands}
    assert not any(found.values()), found
