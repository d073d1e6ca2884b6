from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from pathlib import Path
from threading import Thread

import pytest
from django.core.management import CommandError, call_command

from akcept.budgets.models import Rate
from tests.budgets.test_nbp import JSON, OLDER

pytestmark = pytest.mark.django_db


def run(source: str) -> str:
    out = StringIO()
    call_command("import_rates", "--language=en", source, stdout=out)
    return out.getvalue()


def test_from_a_file_and_again(tmp_path: Path) -> None:
    table = tmp_path / "a228.xml"
    table.write_bytes(OLDER)
    for _ in range(2):
        assert run(str(table)) == "2 exchange rates stored: 2026-11-24.\n"
    assert Rate.objects.count() == 2


@pytest.fixture
def bank() -> Iterator[str]:
    class Bank(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/A" else 404)
            self.end_headers()
            self.wfile.write(JSON if self.path == "/A" else b"404 NotFound")

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Bank)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_from_an_address(bank: str) -> None:
    assert run(f"{bank}/A") == "2 exchange rates stored: 2026-11-24.\n"
    with pytest.raises(CommandError, match="404"):
        run(f"{bank}/B")


def test_what_cannot_be_read_is_said_and_nothing_stored(tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_bytes(JSON.replace(b"0.010931", b"0"))
    for source in (str(bad), str(tmp_path / "missing.xml"), "ftp://nowhere/a.xml", "http://127.0.0.1:9/"):
        with pytest.raises(CommandError):
            run(source)
    assert not Rate.objects.exists()
