"""Why what was typed is no address, in words."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

#: By the codes of `addresses.NoAddress`.
NO_ADDRESS: Final = {
    "long": _("The address may have up to 500 characters."),
    "scheme": _("The address begins with https://."),
    "login": _("Leave name and password out of the address; what is sent is signed."),
    "host": _("This is not the name of a server."),
    "number": _("Write a network address in full, such as 203.0.113.7, or the server's name."),
    "port": _("This is not the port of a server."),
    "signs": _("The address contains characters that are not allowed: a space, a line break, “\\” or “#”."),
}
