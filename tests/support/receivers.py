"""Receivers of webhooks that behave, and some that do not: real servers on a port of this machine."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

ALLOWED = ["127.0.0.0/8"]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine"


@dataclass
class Received:
    """One request as it came."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """A server that notes what it is sent, and answers each connection with `answer`."""

    answer: Callable[[socket.socket], None]
    port: int = 0
    received: list[Received] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks"


def saying(answer: bytes) -> Callable[[socket.socket], None]:
    """Answer with these bytes at once."""
    return lambda client: client.sendall(answer)


def dripping(first: bytes, *, every: float = 0.1) -> Callable[[socket.socket], None]:
    """Answer with some bytes, then one at a time for half a minute."""

    def drip(client: socket.socket) -> None:
        client.sendall(first)
        for _each in range(300):
            client.sendall(b"x")
            time.sleep(every)

    return drip


def deaf(client: socket.socket) -> None:
    """Never answer; end when the other side has had enough."""
    client.settimeout(30)
    client.recv(1)


@contextmanager
def receiver(answer: Callable[[socket.socket], None] | bytes = OK) -> Iterator[Receiver]:
    """Listen on a free port until the block ends."""
    made = Receiver(saying(answer) if isinstance(answer, bytes) else answer)
    with socket.create_server(("127.0.0.1", 0)) as server:
        made.port = server.getsockname()[1]
        server.settimeout(0.05)
        thread = threading.Thread(target=_listen, args=(server, made), daemon=True)
        thread.start()
        try:
            yield made
        finally:
            made.over.set()
            thread.join(5)


def _listen(server: socket.socket, made: Receiver) -> None:
    while not made.over.is_set():
        try:
            client, _address = server.accept()
        except TimeoutError:
            continue
        threading.Thread(target=_serve, args=(client, made), daemon=True).start()


def _serve(client: socket.socket, made: Receiver) -> None:
    with client:
        try:
            client.settimeout(10)
            read = b""
            while b"\r\n\r\n" not in read:
                if not (part := client.recv(65536)):
                    return
                read += part
            head, _blank, body = read.partition(b"\r\n\r\n")
            line, *rest = head.decode().split("\r\n")
            headers = {name.lower(): value for name, _colon, value in (each.partition(": ") for each in rest)}
            while len(body) < int(headers.get("content-length", "0")):
                body += client.recv(65536)
            made.received.append(Received(line, headers, body))
            made.answer(client)
        except OSError:
            return
