"""What an operator reads of a refused request: one line, with who asked from where, and no traceback."""

from __future__ import annotations

import logging
import re

from django.http import HttpRequest

from shop.accounts.network import client_address

#: What lets somebody in and is therefore no operator's to read.
_SECRETS = ("token", "key", "uidb64", "uidb36", "hash")
#: A long run with a digit in it, as tokens have and names of products have not.
_RANDOM = re.compile(r"(?=[A-Za-z_:]*\d)[A-Za-z0-9_:]{16,}")
_REFUSED = range(400, 500)
#: Who logs refusals: Django gives each kind of suspicious request a logger of its own, named after its exception.
LOGGERS = (
    "django.request",
    *(
        f"django.security.{name}"
        for name in (
            "csrf",
            "SuspiciousOperation",
            "DisallowedModelAdminLookup",
            "DisallowedModelAdminToField",
            "DisallowedHost",
            "DisallowedRedirect",
            "InvalidSessionKey",
            "RequestDataTooBig",
            "SuspiciousFileOperation",
            "SuspiciousMultipartForm",
            "SuspiciousSession",
            "TooManyFieldsSent",
            "TooManyFilesSent",
        )
    ),
)


class OneLine(logging.Filter):
    """Turn what Django logs of a refusal into one line; errors of the shop itself keep their traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every record."""
        request = getattr(record, "request", None)
        if request is not None and getattr(record, "status_code", 0) in _REFUSED:
            who = getattr(getattr(request, "user", None), "pk", None)
            asked = f"{request.method} {_without_secrets(request)}"
            asked = asked.encode("unicode_escape").decode()  # a line break in an address makes no second line
            reason = str(record.exc_info[1]) if record.exc_info and record.exc_info[1] else ""
            record.msg = f"{record.status_code} {asked} user={who or '-'} from={client_address(request)}"  # type: ignore[attr-defined]
            record.msg += f": {reason.encode('unicode_escape').decode()}" if reason else ""
            record.args, record.exc_info, record.exc_text = (), None, None
            record.levelno, record.levelname = logging.WARNING, "WARNING"  # what anybody may send calls nobody at night
        return True


def _without_secrets(request: HttpRequest) -> str:
    path, match = request.path, request.resolver_match
    if match is None:  # no page has this address, but it may still hold what somebody copied from a link
        return "/".join("***" if _RANDOM.search(part) else part for part in path.split("/"))
    for name in _SECRETS:
        secret = str(match.kwargs.get(name, ""))
        path = path.replace(secret, "***") if secret else path
    return path
