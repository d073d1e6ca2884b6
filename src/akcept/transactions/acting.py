"""An action: one whole transaction, done again once where the database ended it and nothing was acknowledged."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, InterfaceError, connection, transaction

from akcept.transactions.locking import watched
from akcept.transactions.trouble import Trouble, trouble_of

log = logging.getLogger("akcept.transactions")

Given = ParamSpec("Given")
Answer = TypeVar("Answer")

#: What is to be done with the answer of the next action, inside its transaction.
_keep: ContextVar[Callable[[object], None] | None] = ContextVar("akcept_keep", default=None)


@contextmanager
def keeping(keep: Callable[[object], None]) -> Iterator[None]:
    """Let actions inside hand their answer to `keep` as the last thing of their transaction, right before the commit.

    So whoever asked can write down what was answered, and either both are there afterwards or neither: a process that
    dies between commit and answer loses nothing. What `keep` raises takes the action back. Done again with the action.
    """
    token = _keep.set(keep)
    try:
        yield
    finally:
        _keep.reset(token)


@contextmanager
def together(*, durable: bool = False) -> Iterator[None]:
    """Do what is inside in one transaction whose locks are looked at; also part of one that is open already.

    With `durable` it is committed when the block ends; a transaction around it raises RuntimeError.
    """
    with watched(), transaction.atomic(durable=durable):
        yield


def action(function: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """Let a function be one whole transaction: when it has returned, it is committed.

    Ended by the database as one of two that waited for each other, or because the connection broke, it is done once
    more from its beginning: nothing of it is left, nobody was told. Not where the connection broke at the commit
    itself: whether that came through, nobody knows. Then, and the second time, the error goes on, and each surface
    says what it means (`ui.middleware.DatabaseTrouble`).
    """

    @wraps(function)
    def whole(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        done = False

        def once() -> Answer:
            nonlocal done
            done = False
            with together(durable=True):
                answer = function(*args, **kwargs)
                if (keep := _keep.get()) is not None:
                    keep(answer)
                done = True
            return answer

        try:
            return once()
        except (DatabaseError, InterfaceError) as error:
            if not _worth_repeating(trouble_of(error), committing=done):
                raise
            log.warning("%s is done once more: %s", function.__name__, str(error).strip().partition("\n")[0])
        connection.close_if_unusable_or_obsolete()
        return once()

    return whole


def _worth_repeating(trouble: Trouble | None, *, committing: bool) -> bool:
    if trouble is Trouble.CONFLICT:
        return True  # the database says itself that it took everything back
    return trouble is Trouble.LOST and not committing
