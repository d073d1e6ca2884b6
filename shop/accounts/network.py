"""Where a request comes from: the one answer for allauth, axes and our own limits."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest

_IPV6_PREFIX = 64


def client_address(request: HttpRequest) -> str:
    """Return the visitor's network address: IPv4 whole, of IPv6 the /64 one customer has (who may use all of it).

    `AKCEPT_PROXIES` says how many of our own proxies stand in front: each appends whom it was asked by to
    X-Forwarded-For, so that many entries from the end are believed and nothing before them. A request that came past
    the proxies counts as its sender's own.
    """
    found = request.META.get("REMOTE_ADDR", "")
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    proxies = settings.PROXIES
    if proxies and len(forwarded) >= proxies:
        found = forwarded[-proxies]
    return _network(found)


def _network(text: str) -> str:
    host = text.strip("[]") if text.count(":") != 1 else text.partition(":")[0]
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return "0.0.0.0"  # noqa: S104  nothing binds to it: whoever hides where they come from counts as one
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.IPv6Network((address, _IPV6_PREFIX), strict=False).network_address)
    return str(address)
