"""What an error of the database means: nothing is wrong with what was asked, and asking again may do."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from django.db import DatabaseError, InterfaceError, OperationalError


class Trouble(StrEnum):
    """Why the database did not do what it was asked."""

    #: It ended one of several transactions that could not go on beside each other, and took it back.
    CONFLICT = "conflict"
    #: Somebody else was at work for too long.
    BUSY = "busy"
    #: It cannot be reached, or is no longer.
    LOST = "lost"


#: Of PostgreSQL: serialization_failure, deadlock_detected; lock_not_available, query_canceled (a timeout).
_STATES: Final = {
    "40001": Trouble.CONFLICT,
    "40P01": Trouble.CONFLICT,
    "55P03": Trouble.BUSY,
    "57014": Trouble.BUSY,
    "25P03": Trouble.LOST,  # idle_in_transaction_session_timeout
    "25006": Trouble.LOST,  # read_only_sql_transaction: a standby has not taken over yet
}
#: Classes: connection exceptions, insufficient resources, operator intervention (shut down, starting up), system.
_CLASSES: Final = ("08", "53", "57", "58")
_SQLITE_BUSY: Final = ("database is locked", "database table is locked", "database schema is locked")
_SQLITE_LOST: Final = ("unable to open database file", "disk i/o error", "database or disk is full")


def trouble_of(error: BaseException | None) -> Trouble | None:
    """Return what an error, or what it came from, says about the database; None where it says nothing about it."""
    for found in _causes(error):
        if isinstance(found, DatabaseError | InterfaceError) and (trouble := _trouble(found)) is not None:
            return trouble
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _trouble(error: DatabaseError | InterfaceError) -> Trouble | None:
    cause = error.__cause__
    if hasattr(cause, "sqlstate"):  # PostgreSQL; none where there was no server to say one
        state = str(getattr(cause, "sqlstate", None) or "")
        if not state:
            return Trouble.LOST if isinstance(error, OperationalError | InterfaceError) else None
        return _STATES.get(state) or (Trouble.LOST if state.startswith(_CLASSES) else None)
    text = str(error).casefold()
    if isinstance(error, OperationalError):
        if any(said in text for said in _SQLITE_BUSY):
            return Trouble.BUSY
        return Trouble.LOST if any(said in text for said in _SQLITE_LOST) else None
    return Trouble.LOST if isinstance(error, InterfaceError) and "closed" in text else None
