"""One try against receivers that are deaf, slow, lying, redirecting or huge, and against names that lead elsewhere."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

import pytest

from akcept.webhooks import addresses
from akcept.webhooks.addresses import target_of
from akcept.webhooks.post import Reply, post
from tests.support.receivers import ALLOWED, OK, deaf, dripping, receiver

NETWORKS = addresses.networks(ALLOWED)


def _post(url: str, **more: object) -> Reply:
    return post(target_of(url), b"{}", {"X-Own": "1"}, **{"allowed": NETWORKS, **more})


def test_the_request_is_whole_and_goes_by_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with receiver() as there:
        outcome = _post(there.url)
    assert (outcome.delivered, outcome.status, outcome.answer, outcome.why) == (True, 200, "fine", "")
    (sent,) = there.received
    assert sent.line == "POST /hooks HTTP/1.1"
    assert sent.headers["host"] == f"127.0.0.1:{there.port}"
    assert (sent.headers["content-length"], sent.headers["x-own"], sent.body) == ("2", "1", b"{}")


@pytest.mark.parametrize(
    ("answer", "status", "text"),
    [
        (b"HTTP/1.1 500 No\r\nContent-Length: 3\r\n\r\nbad", 500, "bad"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204, ""),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\nshort", 200, "short"),  # says more than it sends
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nno", 200, ""),
        (b"HTTP/1.1 200 OK\r\n\r\na\0b\x1b[31mc\xff", 200, "a b [31mc\N{REPLACEMENT CHARACTER}"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"y" * 5_000_000, 200, "y" * 1024),  # the rest is not read
    ],
)
def test_an_answer_is_kept_as_far_as_it_can_be_read(answer: bytes, status: int, text: str) -> None:
    with receiver(answer) as there:
        outcome = _post(there.url)
    assert (outcome.status, outcome.answer, outcome.why) == (status, text, "")
    assert outcome.delivered == (status < 300)


def test_nobody_is_followed() -> None:
    with receiver() as elsewhere:
        moved = f"HTTP/1.1 307 Moved\r\nLocation: {elsewhere.url}\r\nContent-Length: 0\r\n\r\n".encode()
        with receiver(moved) as there:
            outcome = _post(there.url)
    assert (outcome.status, outcome.delivered, elsewhere.received) == (307, False, [])


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"", "nonsense"),
        (b"SSH-2.0-OpenSSH\r\n", "nonsense"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200, "nonsense"),  # more headers than anybody has
        (b"HTTP/1.1 200 " + b"z" * 100_000, "nonsense"),
    ],
)
def test_what_is_no_http_is_a_failure(answer: bytes, why: str) -> None:
    with receiver(answer) as there:
        outcome = _post(there.url)
    assert (outcome.status, outcome.why) == (None, why)


@pytest.mark.parametrize(
    "answer", [deaf, dripping(b"HTTP/1.1 2"), dripping(b"HTTP/1.1 200 OK\r\nX: "), dripping(b"HTTP/1.1 100 C\r\n\r\nX")]
)
def test_the_deadline_holds_for_all_of_it(answer: Callable[[socket.socket], None]) -> None:
    began = time.monotonic()
    with receiver(answer) as there:
        outcome = _post(there.url, total=0.6)
        took = time.monotonic() - began
    assert (outcome.status, outcome.why) == (None, "timeout")
    assert 0.5 <= took < 3, "each byte in time, all of them not"


def test_a_text_that_drips_ends_soon_and_what_came_counts() -> None:
    with receiver(dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")) as there:
        outcome = _post(there.url, total=0.6)
    assert (outcome.status, outcome.delivered) == (200, True)
    assert outcome.answer.startswith("x")


def test_nobody_there_and_no_such_name() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert _post(f"http://127.0.0.1:{port}/").why == "connect"

    def unknown(_host: str, _port: int) -> list[str]:
        raise socket.gaierror

    assert _post("http://erp.example/", resolver=unknown).why == "resolve"


def test_a_resolver_that_takes_for_ever_holds_nobody() -> None:
    def slow(_host: str, _port: int) -> list[str]:
        time.sleep(2)
        return ["127.0.0.1"]

    began = time.monotonic()
    assert _post("http://erp.example/", resolver=slow, connect=0.2).why == "timeout"
    assert time.monotonic() - began < 1.5


@pytest.mark.parametrize("leads_to", [["10.0.0.1"], ["127.0.0.1"], ["::1"], ["8.8.8.8", "169.254.169.254"]])
def test_a_name_that_leads_within_is_not_reached(leads_to: list[str]) -> None:
    """One of several is enough: whoever answers for the name chooses which is taken."""
    with receiver() as there:
        url = f"http://erp.example:{there.port}/"
        outcome = _post(url, allowed=(), resolver=lambda _host, _port: leads_to)
    assert (outcome.why, there.received) == ("forbidden", [])
    with receiver() as there:
        assert _post(there.url, allowed=()).why == "forbidden"
    assert there.received == []


def test_the_name_is_asked_once_and_the_very_address_that_was_looked_at_is_reached() -> None:
    """A rebinding name: what it says the second time is never heard."""
    asked: list[str] = []

    def rebinding(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    with receiver() as there:
        outcome = _post(f"http://erp.example:{there.port}/hooks", resolver=rebinding)
    assert (outcome.status, asked) == (200, ["erp.example"])
    assert there.received[0].headers["host"] == f"erp.example:{there.port}", "the server is told the name"


def test_a_server_that_proves_no_name_gets_nothing() -> None:
    with receiver(OK) as there:
        outcome = _post(there.url.replace("http", "https"), total=3)
    assert (outcome.status, outcome.why) in {(None, "tls"), (None, "timeout"), (None, "nonsense")}
    assert there.received == []
