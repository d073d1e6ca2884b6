"""What customers may owe for orders on account, kept by the merchant's systems."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema

from akcept.api.operations import Answered, Doing, caller, does, etag, reads, saved, version_of
from akcept.api.schemas.common import AmountSent, Key, Money, Saved, Sent
from akcept.api.scopes import Scope
from akcept.kernel.actor import Actor
from akcept.kernel.errors import NotFound
from akcept.ordering import actions as ordering
from akcept.ordering.money import credit
from akcept.organizations import queries

router = Router(tags=["customers"])


class Credit(Schema):
    """What an organisation may owe for orders on account, gross, and what it owes; both are null without a limit."""

    limit: Money | None
    used: Money | None
    version: int


class UnitCredit(Schema):
    """How much of the organisation's credit a unit and those below it may use, gross, and use; null without a limit."""

    limit: Money | None
    used: Money | None
    version: int


class CreditSent(Sent):
    """Up to how much, gross, in the shop's currency; null is no limit, 0 lets nothing be ordered on account."""

    limit: AmountSent | None


@reads(
    router,
    "/customers/{organization_id}/credit",
    scope=Scope.CUSTOMERS_READ,
    answer=Credit,
    name="get_customer_credit",
    summary="What an organisation may owe for orders on account, and owes",
    etagged=True,
)
def get_customer_credit(request: HttpRequest, organization_id: Key) -> Answered:
    """Its ETag is the limit's version."""
    return _credit(caller(request).actor, organization_id)


def _credit(actor: Actor, organization_id: int) -> Answered:
    queries.organization_for_staff(actor, organization_id)
    row, found = credit.limit_of(organization_id), credit.credit_of(organization_id)
    return _told(Credit, found, version=row.version)


def _told(kind: type[Credit | UnitCredit], found: credit.Credit | None, *, version: int) -> Answered:
    content = kind(
        limit=None if found is None else Money.of(found.limit, found.currency),
        used=None if found is None else Money.of(found.used, found.currency),
        version=version,
    )
    return Answered(content=content, headers={"ETag": etag(version)})


@does(
    router,
    "/customers/{organization_id}/credit",
    scope=Scope.CUSTOMERS_WRITE,
    answers_={200: Saved},
    name="set_customer_credit",
    summary="Let an organisation owe up to an amount for orders on account",
)
def set_customer_credit(request: HttpRequest, organization_id: Key, body: CreditSent) -> Doing[Any]:
    """It counts at once, also for what waits; both sides read who changed it."""
    actor, version = caller(request).actor, version_of(request)
    amount = None if body.limit is None else Decimal(body.limit)
    return Doing(
        act=lambda: ordering.set_credit_limit(organization_id, actor=actor, amount=amount, version=version),
        answered=lambda led: saved(led),
        current=lambda: {"version": credit.limit_of(organization_id).version},
    )


@reads(
    router,
    "/customers/{organization_id}/units/{unit_id}/credit",
    scope=Scope.CUSTOMERS_READ,
    answer=UnitCredit,
    name="get_customer_unit_credit",
    summary="How much of its organisation's credit a unit may use, and uses",
    etagged=True,
)
def get_customer_unit_credit(request: HttpRequest, organization_id: Key, unit_id: Key) -> Answered:
    """Its ETag is the limit's version. Without a limit of its own the unit has what the organisation has."""
    overview = queries.organization_for_staff(caller(request).actor, organization_id)
    if not any(unit.pk == unit_id for unit in overview.units):
        raise NotFound(_("There is no such unit."))
    row = credit.limit_of_unit(unit_id)
    found = next((each for own, each in credit.credit_of_units(organization_id) if own.pk == unit_id), None)
    return _told(UnitCredit, found, version=row.version)


@does(
    router,
    "/customers/{organization_id}/units/{unit_id}/credit",
    scope=Scope.CUSTOMERS_WRITE,
    answers_={200: Saved},
    name="set_customer_unit_credit",
    summary="Let a unit use up to an amount of its organisation's credit",
)
def set_customer_unit_credit(request: HttpRequest, organization_id: Key, unit_id: Key, body: CreditSent) -> Doing[Any]:
    """Of the unit and those below it; its orders have to fit the limits above, too. It counts at once."""
    actor, version = caller(request).actor, version_of(request)
    amount = None if body.limit is None else Decimal(body.limit)
    return Doing(
        act=lambda: ordering.set_unit_credit_limit(
            unit_id, actor=actor, organization_id=organization_id, amount=amount, version=version
        ),
        answered=lambda led: saved(led),
        current=lambda: {"version": credit.limit_of_unit(unit_id).version},
    )
