"""What the operator allows: settings, read and checked in one place.

`AKCEPT_WEBHOOKS_HTTP` lets addresses begin with http://; `AKCEPT_WEBHOOKS_NETWORKS` lists networks of the operator's
own (`["10.1.0.0/16"]`) that may be reached although they are not everybody's.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.utils.translation import gettext as _

from akcept.webhooks import addresses
from akcept.webhooks.addresses import Network


def http_allowed() -> bool:
    """Whether addresses may do without TLS."""
    return getattr(settings, "AKCEPT_WEBHOOKS_HTTP", False) is True


def allowed_networks() -> tuple[Network, ...]:
    """Return the networks of the operator's own. Raises ValueError, which `check` says at start."""
    return addresses.networks(getattr(settings, "AKCEPT_WEBHOOKS_NETWORKS", ()))


def source() -> str:
    """Return what events name as where they come from."""
    return str(getattr(settings, "AKCEPT_BASE_URL", "http://127.0.0.1:8000")).rstrip("/")


def check(**_kwargs: Any) -> list[CheckMessage]:
    """Find settings that mean nothing, or more than anybody wants."""
    found: list[CheckMessage] = []
    typed = getattr(settings, "AKCEPT_WEBHOOKS_NETWORKS", ())
    try:
        networks = addresses.networks(typed if isinstance(typed, (list, tuple)) else [repr(typed)])
    except ValueError as error:
        hint = _("Write networks as %(example)s.") % {"example": '["10.1.0.0/16"]'}
        found.append(Error(f"AKCEPT_WEBHOOKS_NETWORKS: {error}", hint=hint, id="akcept.E040"))
        networks = ()
    if any(network.prefixlen == 0 for network in networks):
        hint = _("Name only the networks of your receivers: like this, metadata services of clouds are within reach.")
        found.append(Warning(_("AKCEPT_WEBHOOKS_NETWORKS allows every address."), hint=hint, id="akcept.W041"))
    if not isinstance(getattr(settings, "AKCEPT_WEBHOOKS_HTTP", False), bool):
        found.append(Error(_("AKCEPT_WEBHOOKS_HTTP is either True or False."), id="akcept.E042"))
    elif http_allowed() and not settings.DEBUG and source().startswith("https://"):
        hint = _("What is sent without TLS can be read and changed on its way.")
        found.append(Warning(_("AKCEPT_WEBHOOKS_HTTP allows http:// in a shop on HTTPS."), hint=hint, id="akcept.W043"))
    return found
