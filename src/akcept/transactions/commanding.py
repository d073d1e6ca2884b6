"""Commands answer in the shop's language; without its database one says so in a line and ends to be tried again."""

from __future__ import annotations

import errno
from socket import gaierror
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, InterfaceError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from akcept.transactions.trouble import Trouble, trouble_of

#: EX_TEMPFAIL of sysexits.h: nothing is wrong with what was asked, later it may go.
LATER: Final = 75
_SAYS: Final = {
    Trouble.LOST: gettext_lazy(
        "The database cannot be reached. What was not finished was not written; run it again later: %(reason)s"
    ),
    Trouble.BUSY: gettext_lazy(
        "The database is busy. What was not finished was not written; run it again later: %(reason)s"
    ),
    Trouble.CONFLICT: gettext_lazy("The database undid this in favour of others at work; run it again: %(reason)s"),
}
#: The longest pause of a command that runs until it is stopped.
_LONGEST_PAUSE: Final = 3600


class Command(BaseCommand):
    """What all of our commands are: they answer in the shop's language (`LANGUAGE_CODE`), or the one asked for."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Add the option that all of them have."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        codes = [code for code, _name in settings.LANGUAGES]
        parser.add_argument("--language", choices=codes, help="what it answers in; default: the shop's language")
        return parser

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Run as Django does. Raises CommandError, exit code 75, where it is the database that is in trouble."""
        with override(options.get("language") or settings.LANGUAGE_CODE):
            try:
                return super().execute(*args, **options)
            except (DatabaseError, InterfaceError) as error:
                refusal = put_off(error)
                if refusal is None:
                    raise
                raise refusal from error


def put_off(error: BaseException) -> CommandError | None:
    """Return what a command says of trouble of the database, in one line; None for any other error."""
    if (trouble := trouble_of(error)) is None:
        return None
    return CommandError(_SAYS[trouble] % {"reason": first_line(error)}, returncode=LATER)


def pause(text: str) -> float:
    """Return the pause of a command that runs until it is stopped, in seconds; at 0 it would ask without end.

    Raises CommandError.
    """
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds <= _LONGEST_PAUSE:  # "nan" neither
        told = _("--interval: %(text)s is not a number of seconds greater than 0 and up to %(most)d.")
        raise CommandError(told % {"text": text, "most": _LONGEST_PAUSE})
    return seconds


def reason_of(error: OSError) -> str:
    """Return why a file or an address cannot be had, in the reader's language where it is one of the usual reasons."""
    known = {
        errno.ENOENT: _("there is no such file"),
        errno.ENOTDIR: _("there is no such file"),
        errno.EISDIR: _("it is a folder"),
        errno.EACCES: _("access denied"),
        errno.EPERM: _("access denied"),
        errno.ENOSPC: _("there is no space left on the disk"),
        errno.ECONNREFUSED: _("connection refused"),
        errno.ETIMEDOUT: _("no answer in time"),
    }
    if isinstance(error, TimeoutError):
        return _("no answer in time")
    if isinstance(error, gaierror):
        return _("there is no such address")
    return known.get(error.errno or 0) or error.strerror or str(error)


def first_line(error: BaseException) -> str:
    """Return what the database said, without the lines of hints after it."""
    return str(error).strip().partition("\n")[0]
