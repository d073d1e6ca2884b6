"""Import of units and members from a file: kept for a preview, then done as previewed, all or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _

from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Changed, Invalid
from akcept.organizations import policies, queries, topics
from akcept.organizations.actions.imported_members import write_members
from akcept.organizations.actions.imported_units import write_units
from akcept.organizations.actions.rows import enter, require_administrator_left
from akcept.organizations.bulk import sheets
from akcept.organizations.bulk.columns import Kind
from akcept.organizations.bulk.members import plan_members
from akcept.organizations.bulk.units import plan_units
from akcept.organizations.models import ImportDraft
from akcept.transactions.acting import action

#: How long an upload waits for its confirmation.
KEPT: Final = timedelta(days=1)
_FACTS: Final = 500


@action
def draft_import(
    *, actor: Actor, kind: Kind, file_name: str, content: bytes, now: datetime | None = None
) -> ImportDraft:
    """Keep an uploaded file for its preview; it replaces the member's former one of that kind. Changes nothing else.

    Uploads nobody confirmed for a day are forgotten with it. Journal: nothing, for nothing has happened to the
    organisation.
    Raises NotAllowed, Invalid (field "file": no table, unknown or missing columns, too large).
    """
    at = now or utc_now()
    seat = queries.require_bulk(actor, kind)
    sheet = sheets.read(content, kind=kind)
    ImportDraft.objects.filter(created_at__lt=at - KEPT).delete()
    ImportDraft.objects.filter(member_id=seat.member_id, kind=kind.value).delete()
    return ImportDraft.objects.create(
        organization_id=seat.organization_id,
        member_id=seat.member_id,
        kind=kind.value,
        file_name=file_name[-120:],
        rows=sheet.as_json(),
        created_at=at,
    )


@action
def carry_out_import(draft_id: int, *, actor: Actor, digest: str, now: datetime | None = None) -> dict[str, int]:
    """Do exactly what the preview with that digest showed, and return how many rows became what.

    Members who are not there yet are invited by e-mail (through the journal). Statements grow by blocks of 500 rows,
    and for units by levels of the tree.
    Journal: `organization.units_imported`, and for the rows `unit.added`, `unit.changed`, `unit.moved`,
    `unit.address_saved`; or `organization.members_imported`, and for the rows `member.changed`, `member.deactivated`,
    `member.reactivated`, `member.invited`, `member.invitation_changed`, `member.invitation_resent`.
    Raises NotAllowed, NotFound (carried out, replaced), Invalid (errors in it, nothing to do, no administrator would
    be left), Changed (the organisation is no longer as it was when the preview was shown).
    """
    return take_in(draft_id, actor=actor, digest=digest, now=now)


def take_in(draft_id: int, *, actor: Actor, digest: str, now: datetime | None = None) -> dict[str, int]:
    """Import inside the caller's transaction. Journal: as `carry_out_import`. Raises as `carry_out_import`."""
    at = now or utc_now()
    seat = policies.require_seat(queries.seat_of(actor))
    kind = Kind(queries.own_draft(seat, draft_id).kind)
    seat = enter(actor, queries.NEEDED[kind])
    # Read anew: of two clicks at once the second finds it gone.
    draft = queries.own_draft(seat, draft_id)
    sheet = sheets.sheet_from(draft.rows)
    events: list[Event]
    if kind is Kind.UNITS:
        tree = queries.tree_of(seat)
        units = plan_units(sheet, tree)
        _require(units.digest == digest, possible=units.possible)
        counts, events = units.counts, write_units(units, tree, file_name=draft.file_name)
    else:
        staff = queries.staff_of(seat, now=at)
        members = plan_members(sheet, staff)
        _require(members.digest == digest, possible=members.possible)
        counts, events = members.counts, write_members(members, staff, file_name=draft.file_name)
        require_administrator_left(seat.organization_id)
    topic = topics.UNITS_IMPORTED if kind is Kind.UNITS else topics.MEMBERS_IMPORTED
    subject = ("organization", str(seat.organization_id))
    draft.delete()
    whole = Event(topic, subject, {topics.IMPORT: draft.file_name, **counts})
    _journal([whole, *events], actor=actor, organization_id=seat.organization_id, now=at)
    return counts


def _require(same: bool, *, possible: bool) -> None:
    if not same:
        raise Changed(_("Your organisation changed since this preview. Here is what the import would do now."))
    if not possible:
        raise Invalid(_("There is something wrong in the file, or nothing to do: nothing was imported."))


def _journal(events: Sequence[Event], *, actor: Actor, organization_id: int, now: datetime) -> None:
    for block in _blocks(events):
        journal.write(block, actor=actor, organization_id=organization_id, now=now)


def _blocks(events: Sequence[Event]) -> Iterable[Sequence[Event]]:
    return (events[start : start + _FACTS] for start in range(0, len(events), _FACTS))
