"""Where a webhook may lead (pure): an address as it is typed, and the network addresses its name stands for."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import quote, urlsplit

Network = IPv4Network | IPv6Network

LONGEST: Final = 500
_PORTS: Final = {"https": 443, "http": 80}
_LABEL: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
#: IPv4 behind a translator of networks (RFC 6052): the last four bytes are where it ends.
_NAT64: Final = IPv6Network("64:ff9b::/96")
_NAT64_LOCAL: Final = IPv6Network("64:ff9b:1::/48")


class NoAddress(ValueError):
    """What was typed is no address for webhooks; `why` is its reason."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An address, taken apart: nothing in it is looked at again by another reader of addresses."""

    secure: bool
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """What the header `Host` says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS["https" if self.secure else "http"] else f"{host}:{self.port}"

    @property
    def text(self) -> str:
        """The address, spelled in one way."""
        return f"{'https' if self.secure else 'http'}://{self.authority}{self.path}"


def target_of(typed: str) -> Target:
    """Return an address taken apart. Raises NoAddress: `long`, `scheme`, `login`, `host`, `number`, `port`, `signs`."""
    if len(typed) > LONGEST:
        raise NoAddress("long")
    if any(ord(sign) <= 32 or ord(sign) == 127 or sign == "\\" for sign in typed):
        raise NoAddress("signs")
    try:
        parts = urlsplit(typed)
        port = parts.port
    except ValueError as error:
        raise NoAddress("port" if "ort" in str(error) else "host") from error
    if parts.scheme not in _PORTS:
        raise NoAddress("scheme")
    if "@" in parts.netloc:
        raise NoAddress("login")
    if parts.fragment or port == 0:
        raise NoAddress("signs" if parts.fragment else "port")
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/?%:@!$&'()*+,;=~-._[]")
    return Target(
        secure=parts.scheme == "https",
        host=_host(parts.hostname or ""),
        port=port or _PORTS[parts.scheme],
        path=f"{path}?{query}" if query else path,
    )


def _host(name: str) -> str:
    """Return a host in one spelling. A number in any spelling but the plain one is refused: readers differ on it."""
    if ":" in name:
        found = literal(name)
        if found is None or "%" in name:  # a network card of this machine
            raise NoAddress("host")
        return found
    try:
        ascii_name = name.encode("idna").decode().lower().rstrip(".")
    except UnicodeError as error:
        raise NoAddress("host") from error
    labels = ascii_name.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise NoAddress("host")
    if labels[-1][0].isdigit() or re.fullmatch(r"0x[0-9a-f]*", labels[-1]):
        try:
            return str(IPv4Address(ascii_name))
        except ValueError as error:
            raise NoAddress("number") from error
    return ascii_name


def literal(host: str) -> str | None:
    """Return a host that is a network address already, None for a name."""
    try:
        return str(ip_address(host))
    except ValueError:
        return None


def networks(typed: Collection[str]) -> tuple[Network, ...]:
    """Return networks as the operator's setting writes them. Raises ValueError for what is none."""
    from ipaddress import ip_network

    return tuple(ip_network(each) for each in typed)


def may_be_reached(text: str, allowed: Collection[Network] = ()) -> bool:
    """Whether a network address is everybody's, or of a network that the operator allows."""
    try:
        found: IPv4Address | IPv6Address = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    inner = _inside(found) if isinstance(found, IPv6Address) else found
    if inner is None:
        return False
    if any(inner in network for network in allowed if network.version == inner.version):
        return True
    return (
        "%" not in text
        and inner.is_global
        and not (
            inner.is_multicast or inner.is_reserved or inner.is_unspecified or inner.is_loopback or inner.is_link_local
        )
    )


def _inside(found: IPv6Address) -> IPv4Address | IPv6Address | None:
    """Return where an IPv6 address leads in the end; None where nobody can tell."""
    if found.ipv4_mapped is not None:
        return found.ipv4_mapped
    if found in _NAT64:
        return IPv4Address(int(found) & 0xFFFFFFFF)
    if found.sixtofour is not None or found.teredo is not None or found in _NAT64_LOCAL:
        return None
    if int(found) >> 32 == 0 and int(found) > 1:  # the old spelling of an IPv4 address, "::1.2.3.4"
        return None
    return found
