"""Targets of deliveries and the people behind them."""

from __future__ import annotations

from dataclasses import replace

from akcept.journal import sharing
from akcept.journal.models import Entry
from akcept.journal.subscribers import Skip
from akcept.notices.kind import Recipient
from akcept.organizations.mailing import MailChoices, MailReader
from akcept.organizations.queries import language_of, mail_readers


def user_target(user_id: int) -> str:
    """Return the target of a person with an account."""
    return f"user:{user_id}"


def user_id_of(target: str) -> int:
    """Return whose target it is."""
    return int(target.removeprefix("user:"))


def named(entry: Entry, target: str) -> Recipient:
    """Return who a target is: the person as they are now, or a bare address, written to in the shop's language.

    Raises Skip when the account is closed or has no address, and for what concerns an organisation this person no
    longer belongs to, or is deactivated in.
    """
    if target.startswith("email:"):
        return Recipient(email=target.removeprefix("email:"), language=language_of(None))
    reader = _reader(entry, target)
    if reader is None or reader.closed:
        raise Skip("the account is closed or has no address")
    if entry.organization_id and not reader.belongs:
        raise Skip("this person does not belong to the organisation any more")  # 0 is no organisation
    return Recipient(email=reader.email, language=reader.language, sees_prices=reader.sees_prices)


def deciding(entry: Entry, target: str) -> Recipient:
    """Return who is asked to decide, a substitute too: they see what the order is worth. Raises Skip as `named`."""
    return replace(named(entry, target), sees_prices=True)


def choices_of(entry: Entry, target: str) -> MailChoices:
    """Return which mails a person with an account wants."""
    reader = _reader(entry, target)
    return reader.choices if reader else MailChoices()


def _reader(entry: Entry, target: str) -> MailReader | None:
    """Return who is written to; one statement for all of a batch. None for an account that is gone."""
    wanted = {(user_id_of(to), about.organization_id) for about, to in sharing.deliveries() if to.startswith("user:")}
    mine = (user_id_of(target), entry.organization_id)
    found = sharing.once(
        ("readers", mine if mine not in wanted else "all"),
        lambda: mail_readers(*({pair[at] for pair in wanted | {mine}} for at in (0, 1))),
    )
    return found.get(mine) or _elsewhere(found.get((mine[0], 0)))


def _elsewhere(reader: MailReader | None) -> MailReader | None:
    return replace(reader, belongs=False) if reader else None
