"""What was agreed: read by members for their unit, kept by the merchant's systems."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router

from akcept.agreements import actions, queries
from akcept.agreements.answers import Assorted, Choice, Conditions, Terms, in_force
from akcept.agreements.inputs import AgreementInput, GoodsInput, PackInput
from akcept.agreements.models import Agreement
from akcept.agreements.ports import counter
from akcept.api.operations import Answered, Doing, caller, does, etag, reads, saved, version_of
from akcept.api.routes.price_lists import now, products_of
from akcept.api.schemas import agreed as sent
from akcept.api.schemas.common import Key, Money, Saved
from akcept.api.scopes import Scope
from akcept.kernel.errors import Invalid
from akcept.ordering import payments
from akcept.ordering.ports import assortment
from akcept.organizations import policies
from akcept.organizations import queries as organizations

router = Router(tags=["agreements"])


def _worth(amount: Decimal | None) -> Money | None:
    return None if amount is None else Money.of(amount, settings.OSCAR_DEFAULT_CURRENCY)


def _conditions(found: Conditions) -> dict[str, Any]:
    return {
        "order_from": _worth(found.order_from),
        "order_up_to": _worth(found.order_up_to),
        "pays": list(found.pays),
        "delivers": list(found.delivers),
        "pay_days": found.pay_days,
        "addressed": found.addressed,
        "free_from": _worth(found.free_from),
        "small_below": _worth(found.small_below),
        "surcharge": _worth(found.surcharge),
    }


@reads(
    router,
    "/agreements",
    scope=Scope.CATALOGUE_READ,
    answer=sent.AgreedAll,
    name="list_agreements",
    summary="What the shop agreed with the caller's unit, as far as it counts today",
)
def list_agreements(request: HttpRequest) -> Answered:
    """The nearest first: of orders, what the first one that says something says."""
    seat = policies.require_seat(organizations.seat_of(caller(request).actor))
    today = timezone.localdate()
    heads = queries.heads_of(queries.Party(unit_id=seat.unit_id), today)
    items = [
        sent.Agreed(
            id=each.id,
            name=each.name,
            version=each.version,
            starts=each.term.starts,
            ends=each.term.ends,
            **_conditions(each.conditions),
        )
        for each in in_force(Terms(agreements=heads.agreements), today)
    ]
    return Answered(content=sent.AgreedAll(items=items))


@reads(
    router,
    "/customer-agreements",
    scope=Scope.CUSTOMERS_READ,
    answer=sent.AgreementPage,
    name="list_customer_agreements",
    summary="Agreements with customers and with everybody, the latest made first",
)
def list_customer_agreements(request: HttpRequest, wanted: Query[sent.AgreementsWanted]) -> Answered:
    """Found by words of their name, organisation or unit; `when` is about today."""
    page = queries.agreements_page(
        caller(request).actor,
        day=timezone.localdate(),
        text=wanted.text,
        organization_id=wanted.organization_id,
        when=wanted.when.value if wanted.when else "",
        after=wanted.after(),
    )
    items = [sent.AgreementRow(**_row(row)) for row in page.rows]
    return Answered(content=sent.AgreementPage(items=items, next_cursor=page.next_after))


def _row(row: Agreement) -> dict[str, Any]:
    names = ("name", "version", "organization_id", "unit_id", "starts", "ends")
    return {
        "id": row.pk,
        "organization": row.organization.name if row.organization else "",
        "unit": row.unit.name if row.unit else "",
        **{name: getattr(row, name) for name in names},
    }


@reads(
    router,
    "/customer-agreements/{agreement_id}",
    scope=Scope.CUSTOMERS_READ,
    answer=sent.AgreementOne,
    name="get_customer_agreement",
    summary="One agreement, with everything in it",
    etagged=True,
)
def get_customer_agreement(request: HttpRequest, agreement_id: Key) -> Answered:
    """Its ETag is its version."""
    row = queries.agreement_for_staff(caller(request).actor, agreement_id)
    goods, packs = list(row.goods.all()), list(row.packs.all())
    ids = [each.product_id for each in goods if each.product_id is not None] + [each.product_id for each in packs]
    skus = assortment().skus(ids) if ids else {}
    content = sent.AgreementOne(
        **_row(row),
        position=row.position,
        choice=Choice(row.choice),
        alone=row.alone,
        lists=[
            sent.NamedList(id=each.price_list_id, name=each.price_list.name)
            for each in sorted(row.agreed_lists.all(), key=lambda each: each.position)
        ],
        assorted=Assorted(row.assortment),
        goods=[skus.get(each.product_id, "") for each in goods if each.product_id is not None],
        categories=[each.category_id for each in goods if each.category_id is not None],
        attributes=[
            sent.AttributeValue(attribute=each.attribute, value=each.value) for each in goods if each.attribute
        ],
        packs=[
            sent.Pack(
                code=skus.get(each.product_id, ""), multiple=each.multiple, smallest=each.smallest, unit=each.unit
            )
            for each in packs
        ],
        **_conditions(row.conditions),
    )
    return Answered(content=content, headers={"ETag": etag(row.version)})


@does(
    router,
    "/customer-agreements",
    scope=Scope.CUSTOMERS_WRITE,
    answers_={201: Saved},
    name="add_customer_agreement",
    summary="Agree something with a unit and those below it, or with everybody",
    versioned=False,
)
def add_customer_agreement(request: HttpRequest, body: sent.AgreementAdded) -> Doing[Any]:
    """It counts for what is shown and ordered from now on."""
    actor, wanted = caller(request).actor, _agreement(request, body)
    return Doing(
        act=lambda: actions.add_agreement(wanted, actor=actor, unit_id=body.unit_id),
        answered=lambda led: saved(led, status=201),
    )


@does(
    router,
    "/customer-agreements/{agreement_id}",
    scope=Scope.CUSTOMERS_WRITE,
    answers_={200: Saved},
    name="change_customer_agreement",
    summary="Let an agreement be as it is sent, all of it",
)
def change_customer_agreement(request: HttpRequest, agreement_id: Key, body: sent.AgreementSent) -> Doing[Any]:
    """Orders keep the version they were placed under, and what waits its prices. A last day ends it."""
    actor, version, wanted = caller(request).actor, version_of(request), _agreement(request, body)
    return Doing(
        act=lambda: actions.change_agreement(agreement_id, wanted, actor=actor, version=version),
        answered=saved,
        current=lambda: now(queries.agreement_for_staff(actor, agreement_id)),
    )


def _agreement(request: HttpRequest, body: sent.AgreementSent) -> AgreementInput:
    """Return an agreement as actions take it; whoever may not write one is told nothing of what there is."""
    policies.require_manages_organizations(caller(request).actor)
    products = products_of([*body.goods, *(each.code for each in body.packs)])
    goods = _named(body.goods, products, field="goods")
    packs = _named([each.code for each in body.packs], products, field="packs")
    if len(set(packs)) < len(packs):
        raise Invalid(_("A product is named twice."), field="packs")
    _require_categories(body.categories)
    _require_known(body.pays, payments.LABELS, field="pays")
    if body.delivers:
        _require_known(body.delivers, [code for code, _name in counter().deliveries()], field="delivers")
    return AgreementInput(
        name=body.name,
        starts=body.starts,
        ends=body.ends,
        position=body.position,
        choice=body.choice,
        alone=body.alone,
        list_ids=tuple(body.lists),
        assorted=body.assorted,
        goods=(
            *(GoodsInput(product_id=each) for each in dict.fromkeys(goods)),
            *(GoodsInput(category_id=each) for each in dict.fromkeys(body.categories)),
            *(GoodsInput(attribute=each) for each in dict.fromkeys(_attributes(body.attributes))),
        ),
        packs=tuple(
            PackInput(product_id=product_id, unit=each.unit, multiple=each.multiple, smallest=each.smallest)
            for product_id, each in zip(packs, body.packs, strict=True)
        ),
        conditions=Conditions(
            order_from=_amount(body.order_from),
            order_up_to=_amount(body.order_up_to),
            pay_days=body.pay_days,
            addressed=body.addressed,
            free_from=_amount(body.free_from),
            small_below=_amount(body.small_below),
            surcharge=_amount(body.surcharge),
            pays=tuple(dict.fromkeys(body.pays)),
            delivers=tuple(dict.fromkeys(body.delivers)),
        ),
    )


def _amount(sent: str | None) -> Decimal | None:
    return None if sent is None else Decimal(sent)


def _named(codes: Sequence[str], products: dict[str, int], *, field: str) -> list[int]:
    """Return the products of codes, in their order. Raises Invalid naming the first that is not there."""
    for place, code in enumerate(codes):
        if code not in products:
            text = _("There is no product %(codes)s.") % {"codes": code[:60]}
            raise Invalid(text, field=f"{field}[{place}]")
    return [products[code] for code in codes]


def _attributes(named: Sequence[sent.AttributeSent]) -> list[tuple[str, str]]:
    """Return the codes and values that were sent, as products have them. Raises Invalid naming one that none has."""
    found: list[tuple[str, str]] = []
    for place, each in enumerate(named):
        meant = assortment().with_attribute(each.attribute, each.value)
        if not meant:
            text = _("No product has “%(named)s”.") % {"named": f"{each.attribute};{each.value}"}
            raise Invalid(text, field=f"attributes[{place}]")
        found += meant
    return found


def _require_categories(ids: Sequence[int], *, field: str = "categories") -> None:
    known = {each.id for each in assortment().categories()} if ids else set()
    for place, each in enumerate(ids):
        if each not in known:
            raise Invalid(_("There is no such category."), field=f"{field}[{place}]")


def _require_known(codes: Sequence[str], known: Any, *, field: str) -> None:
    for place, code in enumerate(codes):
        if code not in known:
            raise Invalid(_("Choose from the list."), field=f"{field}[{place}]")
