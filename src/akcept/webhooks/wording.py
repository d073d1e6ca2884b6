"""Why what was typed is no address, in words."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

#: By the codes of `addresses.NoAddress`.
NO_ADDRESS: Final = {
    "long": _("The address may have 500 characters."),
    "scheme": _("The address begins with https://."),
    "login": _("Leave name and password out of the address; what is sent is signed."),
    "host": _("This is no name of a server."),
    "number": _("Write a network address in full, such as 203.0.113.7, or the server's name."),
    "port": _("This is no port of a server."),
    "signs": _("The address has characters that none can have: a blank, a line break, “\\” or “#”."),
}
