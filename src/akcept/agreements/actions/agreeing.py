"""Making and changing agreements."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from akcept.agreements import checks, topics
from akcept.agreements.answers import Assorted
from akcept.agreements.inputs import AgreementInput
from akcept.agreements.models import AgreedGoods, AgreedList, AgreedPack, Agreement, AgreementVersion, PriceList
from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.kernel import typed
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import Invalid, NotFound, Stale
from akcept.organizations import policies
from akcept.organizations.models import Organization, Unit
from akcept.transactions.acting import action
from akcept.transactions.locking import lock


@action
def add_agreement(
    wanted: AgreementInput, *, actor: Actor, unit_id: int | None, now: datetime | None = None
) -> Agreement:
    """Agree something with a unit and those below it, by its id: head office's is the whole organisation's.

    None is an agreement with everybody. It counts for what is shown and ordered from now on. Journal:
    `agreement.added`. Raises NotAllowed, NotFound, Invalid (field).
    """
    at = now or utc_now()
    policies.require_manages_organizations(actor)
    unit = _unit(unit_id) if unit_id is not None else None
    row = Agreement(organization_id=unit.organization_id if unit else None, unit=unit, created_at=at)
    _save(row, wanted, at=at)
    event = Event(topics.ADDED, ("agreement", str(row.pk)), _kept(row, wanted))
    journal.write(event, actor=actor, organization_id=row.organization_id, now=at)
    return row


def _unit(unit_id: int) -> Unit:
    """Return an open unit; its organisation stays locked, so that names stay apart."""
    unit = Unit.objects.filter(pk=unit_id, closed_at=None).first()
    if unit is None:
        raise NotFound(_("There is no such unit."))
    lock(Organization.objects.filter(pk=unit.organization_id)).get()
    return unit


@action
def change_agreement(
    agreement_id: int, wanted: AgreementInput, *, actor: Actor, version: int, now: datetime | None = None
) -> Agreement:
    """Let an agreement be as `wanted`, all of it; orders keep the version they were placed under.

    What waits keeps its frozen prices. `version` is the one seen. Journal: `agreement.changed` with before and after.
    Raises NotAllowed, NotFound, Stale, Invalid (field).
    """
    at = now or utc_now()
    policies.require_manages_organizations(actor)
    row = lock(Agreement.objects.filter(pk=agreement_id)).first()
    if row is None:
        raise NotFound(_("There is no such agreement."))
    if row.version != version:
        raise Stale(_("Somebody has changed this since you opened it. Here is the current state."))
    before = AgreementVersion.objects.get(agreement=row, version=row.version).content
    row.version += 1
    _save(row, wanted, at=at)
    payload = {"before": before, "after": _kept(row, wanted)}
    event = Event(topics.CHANGED, ("agreement", str(row.pk)), payload)
    journal.write(event, actor=actor, organization_id=row.organization_id, now=at)
    return row


def _save(row: Agreement, wanted: AgreementInput, *, at: datetime) -> None:
    """Write an agreement with everything in it, and its version."""
    row.name = checks.name(wanted.name)
    checks.days(wanted.starts, wanted.ends)
    same = Agreement.objects.filter(organization=row.organization, name=row.name)
    if same.exclude(pk=row.pk).exists():
        raise Invalid(_("There already is an agreement “%(name)s”.") % {"name": row.name}, field="name")
    row.starts, row.ends, row.position = wanted.starts, wanted.ends, wanted.position
    row.choice, row.alone, row.assortment = wanted.choice.value, wanted.alone, wanted.assorted.value
    _require_goods(wanted)
    said = wanted.conditions
    row.order_from, row.order_up_to = checks.worth(said.order_from, said.order_up_to)
    row.pays, row.delivers = (
        checks.ways(said.pays, limit=100, field="pays"),
        checks.ways(said.delivers, limit=500, field="delivers"),
    )
    row.addressed = said.addressed.value
    row.pay_days = checks.pay_days(said.pay_days)
    row.free_from, row.small_below, row.surcharge = checks.carriage(said)
    row.save()
    _write_lists(row, wanted)
    _write_goods(row, wanted)
    _write_packs(row, wanted)
    AgreementVersion.objects.create(agreement=row, version=row.version, at=at, content=_kept(row, wanted))


def _require_goods(wanted: AgreementInput) -> None:
    """Refuse a list of goods nobody would look at, and an assortment of nothing at all."""
    names_goods = wanted.assorted in (Assorted.ONLY, Assorted.ALL_BUT)
    if names_goods and not wanted.goods:
        raise Invalid(_("Name at least one product, category or attribute."), field="goods")
    for each in wanted.goods:
        if [each.product_id, each.category_id, each.attribute].count(None) != 2:
            raise Invalid(_("Name a product, a category or an attribute."), field="goods")
        if each.attribute is not None:
            checks.attribute(each.attribute)


def _write_lists(row: Agreement, wanted: AgreementInput) -> None:
    ids = list(dict.fromkeys(wanted.list_ids))
    if PriceList.objects.filter(pk__in=ids).count() != len(ids):
        raise NotFound(_("There is no such price list."))
    AgreedList.objects.filter(agreement=row).delete()
    AgreedList.objects.bulk_create(
        AgreedList(agreement=row, price_list_id=list_id, position=position) for position, list_id in enumerate(ids)
    )


def _write_goods(row: Agreement, wanted: AgreementInput) -> None:
    AgreedGoods.objects.filter(agreement=row).delete()
    AgreedGoods.objects.bulk_create(
        AgreedGoods(
            agreement=row,
            product_id=each.product_id,
            category_id=each.category_id,
            **dict(zip(("attribute", "value"), each.attribute or (), strict=False)),
        )
        for each in dict.fromkeys(wanted.goods)
    )


def _write_packs(row: Agreement, wanted: AgreementInput) -> None:
    packs = {each.product_id: each for each in wanted.packs}
    for each in packs.values():
        checks.pieces(each.multiple, field="packs")
        checks.pieces(each.smallest, field="packs")
    AgreedPack.objects.filter(agreement=row).delete()
    AgreedPack.objects.bulk_create(
        AgreedPack(
            agreement=row,
            product_id=each.product_id,
            unit=typed.line(each.unit)[:40],
            multiple=each.multiple,
            smallest=each.smallest,
        )
        for each in packs.values()
    )


def _kept(row: Agreement, wanted: AgreementInput) -> dict[str, Any]:
    """Return what a version and the journal keep of an agreement."""
    return {
        "name": row.name,
        "unit": row.unit.name if row.unit else "",
        "unit_id": row.unit_id,
        "starts": row.starts.isoformat() if row.starts else "",
        "ends": row.ends.isoformat() if row.ends else "",
        "position": row.position,
        "choice": row.choice,
        "alone": row.alone,
        "lists": list(wanted.list_ids),
        "assortment": row.assortment,
        "products": [each.product_id for each in wanted.goods if each.product_id is not None],
        "categories": [each.category_id for each in wanted.goods if each.category_id is not None],
        "attributes": [list(each.attribute) for each in wanted.goods if each.attribute is not None],
        "order_from": _written(row.order_from),
        "order_up_to": _written(row.order_up_to),
        "pays": list(wanted.conditions.pays),
        "delivers": list(wanted.conditions.delivers),
        "pay_days": row.pay_days,
        "addressed": row.addressed,
        **{name: _written(getattr(row, name)) for name in ("free_from", "small_below", "surcharge")},
        "packs": [[each.product_id, each.unit, each.multiple, each.smallest] for each in wanted.packs],
    }


def _written(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)
