"""Sends one message: to a checked address, by no proxy, following nobody, and never longer than there is time for.

The name is resolved here, each address it stands for is looked at, and the connection goes to the very address that was
looked at; what the name says a moment later is not asked. TLS proves the name all the same. One deadline covers
everything, so that a receiver that answers a byte a second takes no more time than one that does not answer.
"""

from __future__ import annotations

import io
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from http.client import HTTPException, HTTPResponse
from typing import Any, Final, cast

from akcept.webhooks.addresses import Network, Target, literal, may_be_reached

#: Seconds for finding and connecting; for everything; for the beginning of an answer's text once its status is there.
CONNECT: Final = 5.0
TOTAL: Final = 15.0
TEXT: Final = 2.0
#: Bytes of an answer that are kept; the rest is not read.
KEPT: Final = 1024

Resolver = Callable[[str, int], list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """How one try ended: with a status, or without one, and `why`.

    `resolve` no such name, `forbidden` an address nobody may be sent to, `connect` nobody there, `tls` no proof of the
    name, `timeout` too slow, `nonsense` no HTTP, `secret` nothing to sign with.
    """

    status: int | None = None
    why: str = ""
    answer: str = ""
    took_ms: int = 0

    @property
    def delivered(self) -> bool:
        """Whether the receiver said that it has it."""
        return self.status is not None and 200 <= self.status < 300


class _Failed(Exception):
    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def look_up(host: str, port: int) -> list[str]:
    """Return the addresses a name stands for now. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in found))


def post(
    target: Target,
    body: bytes,
    headers: Mapping[str, str],
    *,
    allowed: Collection[Network] = (),
    resolver: Resolver = look_up,
    connect: float = CONNECT,
    total: float = TOTAL,
) -> Reply:
    """Send a body and return how it ended; raises nothing of the network."""
    since = time.monotonic()
    try:
        status, answer = _exchanged(
            target, _request(target, body, headers), since + connect, since + total, allowed=allowed, resolver=resolver
        )
        reply = {"status": status, "answer": answer}
    except _Failed as failed:
        reply = {"why": failed.why}
    except TimeoutError:
        reply = {"why": "timeout"}
    except ssl.SSLError:
        reply = {"why": "tls"}
    except (OSError, HTTPException, ValueError):
        reply = {"why": "nonsense"}
    return Reply(took_ms=int((time.monotonic() - since) * 1000), **cast("dict[str, Any]", reply))


def _request(target: Target, body: bytes, headers: Mapping[str, str]) -> bytes:
    named = {
        "Host": target.authority,
        "User-Agent": "Akcept-Webhooks/1",
        "Accept": "*/*",
        "Content-Length": str(len(body)),
        "Connection": "close",
        **headers,
    }
    lines = [f"POST {target.path} HTTP/1.1", *(f"{name}: {value}" for name, value in named.items())]
    return "\r\n".join(lines).encode("ascii") + b"\r\n\r\n" + body


def _exchanged(
    target: Target,
    request: bytes,
    connected_by: float,
    deadline: float,
    *,
    allowed: Collection[Network],
    resolver: Resolver,
) -> tuple[int, str]:
    addresses = _checked(target, connected_by, allowed=allowed, resolver=resolver)
    with _connected(addresses, target.port, connected_by) as plain:
        plain.settimeout(_left(deadline))
        sock = _tls().wrap_socket(plain, server_hostname=target.host) if target.secure else plain
        with sock:
            sent = memoryview(request)
            while sent:
                sock.settimeout(_left(deadline))
                sent = sent[sock.send(sent) :]
            return _answered(sock, deadline)


def _left(deadline: float) -> float:
    """Return the seconds that are left. Raises TimeoutError for none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _checked(target: Target, by: float, *, allowed: Collection[Network], resolver: Resolver) -> list[str]:
    """Return where the name leads now. One address that may not be reached is one too many: the name is not trusted."""
    own = literal(target.host)
    found = [own] if own else _resolved(target, by, resolver)
    if not found:
        raise _Failed("resolve")
    if not all(may_be_reached(address, allowed) for address in found):
        raise _Failed("forbidden")
    return found


def _resolved(target: Target, by: float, resolver: Resolver) -> list[str]:
    """Ask in a thread of its own: the system's resolver takes as long as it likes."""
    found: list[list[str]] = []

    def ask() -> None:
        try:
            found.append(resolver(target.host, target.port))
        except (OSError, UnicodeError):
            found.append([])

    asking = threading.Thread(target=ask, daemon=True, name="webhooks-resolve")
    asking.start()
    asking.join(_left(by))
    if not found:
        raise TimeoutError
    return found[0]


def _connected(addresses: list[str], port: int, by: float) -> socket.socket:
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout=_left(by))
        except TimeoutError:
            raise
        except OSError:
            continue
    raise _Failed("connect")


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


class _Reading(io.RawIOBase):
    """A socket as a file that ends with the deadline, however little comes at a time."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        super().__init__()
        self.sock, self.deadline = sock, deadline

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what is there. Raises TimeoutError."""
        self.sock.settimeout(_left(self.deadline))
        return self.sock.recv_into(buffer)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return what `HTTPResponse` reads."""
        return io.BufferedReader(self)


def _answered(sock: socket.socket, deadline: float) -> tuple[int, str]:
    reading = _Reading(sock, deadline)
    response = HTTPResponse(cast("socket.socket", reading), method="POST")
    response.begin()
    reading.deadline = min(deadline, time.monotonic() + TEXT)
    return response.status, _text(_beginning(response))


def _beginning(response: HTTPResponse) -> bytes:
    """Return the first bytes of the text. The status counts already, so a text that lies or drips ends here."""
    read = b""
    try:
        while len(read) < KEPT and (part := response.read1(KEPT - len(read))):
            read += part
    except (OSError, HTTPException, ValueError):
        pass
    return read[:KEPT]


def _text(read: bytes) -> str:
    shown = (sign if sign.isprintable() or sign == "\n" else " " for sign in read.decode("utf-8", "replace"))
    return "".join(shown).strip()
