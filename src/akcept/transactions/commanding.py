"""Commands that say in one line that the database is in trouble, and end so that whoever runs them tries again."""

from __future__ import annotations

from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError

from akcept.transactions.trouble import Trouble, trouble_of

#: EX_TEMPFAIL of sysexits.h: nothing is wrong with what was asked, later it may go.
LATER: Final = 75
_SAYS: Final = {
    Trouble.LOST: "The database cannot be reached, what was not finished was not written; run it again later: {}",
    Trouble.BUSY: "The database is busy, what was not finished was not written; run it again later: {}",
    Trouble.CONFLICT: "The database took this back for the sake of others at work; run it again: {}",
}


class Command(BaseCommand):
    """What all of our commands are."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Run as Django does. Raises CommandError, exit code 75, where it is the database that is in trouble."""
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
    return CommandError(_SAYS[trouble].format(first_line(error)), returncode=LATER)


def counted(number: int, one: str, several: str = "") -> str:
    """Return "1 order" or "2 orders", of commands that write English; `several` if that is not `one` with an s."""
    return f"{number} {one if number == 1 else several or f'{one}s'}"


def first_line(error: BaseException) -> str:
    """Return what the database said, without the lines of hints after it."""
    return str(error).strip().partition("\n")[0]
