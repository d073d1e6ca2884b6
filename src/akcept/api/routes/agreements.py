"""What was agreed: read by members for their unit; kept by the merchant's systems, with price lists and prices."""

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
from akcept.agreements.inputs import AgreementInput, GoodsInput, ListInput, PackInput, PriceInput
from akcept.agreements.models import Agreement, PriceList
from akcept.agreements.models import ListedPrice as Listed
from akcept.agreements.ports import counter
from akcept.api.operations import Answered, Doing, caller, does, etag, reads, saved, version_of
from akcept.api.schemas import agreed as sent
from akcept.api.schemas.common import Key, Money, Saved
from akcept.api.schemas.paging import Continued
from akcept.api.scopes import Scope
from akcept.kernel.errors import Invalid, InvalidLines
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
        current=lambda: _now(queries.agreement_for_staff(actor, agreement_id)),
    )


def _now(row: Any) -> dict[str, Any]:
    return {"id": row.pk, "name": row.name, "version": row.version}


def _agreement(request: HttpRequest, body: sent.AgreementSent) -> AgreementInput:
    """Return an agreement as actions take it; whoever may not write one is told nothing of what there is."""
    policies.require_manages_organizations(caller(request).actor)
    products = _products([*body.goods, *(each.code for each in body.packs)])
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
        ),
        packs=tuple(
            PackInput(product_id=product_id, unit=each.unit, multiple=each.multiple, smallest=each.smallest)
            for product_id, each in zip(packs, body.packs, strict=True)
        ),
        conditions=Conditions(
            order_from=None if body.order_from is None else Decimal(body.order_from),
            order_up_to=None if body.order_up_to is None else Decimal(body.order_up_to),
            pays=tuple(dict.fromkeys(body.pays)),
            delivers=tuple(dict.fromkeys(body.delivers)),
        ),
    )


def _products(codes: Sequence[str]) -> dict[str, int]:
    wanted = list(dict.fromkeys(codes))
    return {code: found.id for code, found in assortment().products(wanted).items()} if wanted else {}


def _named(codes: Sequence[str], products: dict[str, int], *, field: str) -> list[int]:
    """Return the products of codes, in their order. Raises Invalid naming the first that is not there."""
    for place, code in enumerate(codes):
        if code not in products:
            text = _("There is no product %(codes)s.") % {"codes": code[:60]}
            raise Invalid(text, field=f"{field}[{place}]")
    return [products[code] for code in codes]


def _require_categories(ids: Sequence[int], *, field: str = "categories") -> None:
    known = {each.id for each in assortment().categories()} if ids else set()
    for place, each in enumerate(ids):
        if each not in known:
            raise Invalid(_("There is no such category."), field=f"{field}[{place}]")


def _require_known(codes: Sequence[str], known: Any, *, field: str) -> None:
    for place, code in enumerate(codes):
        if code not in known:
            raise Invalid(_("Choose from the list."), field=f"{field}[{place}]")


@reads(
    router,
    "/price-lists",
    scope=Scope.CUSTOMERS_READ,
    answer=sent.PriceListPage,
    name="list_price_lists",
    summary="Price lists, the latest made first",
)
def list_price_lists(request: HttpRequest, wanted: Query[sent.ListsWanted]) -> Answered:
    """Found by words of their name."""
    page = queries.lists_page(caller(request).actor, text=wanted.text, after=wanted.after())
    return Answered(content=sent.PriceListPage(items=[_list(row) for row in page.rows], next_cursor=page.next_after))


def _list(row: PriceList) -> sent.PriceListRow:
    names = ("name", "version", "currency", "base_id", "starts", "ends", "places", "offers")
    return sent.PriceListRow(id=row.pk, **{name: getattr(row, name) for name in names})


@reads(
    router,
    "/price-lists/{list_id}",
    scope=Scope.CUSTOMERS_READ,
    answer=sent.PriceListRow,
    name="get_price_list",
    summary="One price list, without its prices",
    etagged=True,
)
def get_price_list(request: HttpRequest, list_id: Key) -> Answered:
    """Its ETag is its version; writing its prices makes another one."""
    row = queries.list_for_staff(caller(request).actor, list_id)
    return Answered(content=_list(row), headers={"ETag": etag(row.version)})


@reads(
    router,
    "/price-lists/{list_id}/prices",
    scope=Scope.CUSTOMERS_READ,
    answer=sent.ListedPrices,
    name="list_prices",
    summary="The prices of a list, the latest written first",
)
def list_prices(request: HttpRequest, list_id: Key, wanted: Query[Continued]) -> Answered:
    """As they were written: a price of one piece, or per cent off the list's base."""
    actor = caller(request).actor
    queries.list_for_staff(actor, list_id)
    page = queries.rows_page(actor, list_id, after=wanted.after())
    ids = [row.product_id for row in page.rows if row.product_id is not None]
    skus = assortment().skus(ids) if ids else {}
    items = [_listed(row, skus) for row in page.rows]
    return Answered(content=sent.ListedPrices(items=items, next_cursor=page.next_after))


def _listed(row: Listed, skus: dict[int, str]) -> sent.ListedPrice:
    net = row.as_row("").net
    return sent.ListedPrice(
        code=None if row.product_id is None else skus.get(row.product_id, ""),
        category_id=row.category_id,
        least=row.least,
        net=None if net is None else f"{net:f}",
        per_cent=None if row.per_cent is None else f"{row.per_cent.normalize():f}",
        starts=row.starts,
        ends=row.ends,
    )


@does(
    router,
    "/price-lists",
    scope=Scope.CUSTOMERS_WRITE,
    answers_={201: Saved},
    name="add_price_list",
    summary="Make a price list, with prices where they are known",
    versioned=False,
)
def add_price_list(request: HttpRequest, body: sent.ListAdded) -> Doing[Any]:
    """It counts where an agreement names it."""
    actor, wanted, prices = caller(request).actor, _list_as_sent(body, body.currency), _prices(request, body.lines)
    return Doing(
        act=lambda: actions.add_list(wanted, actor=actor, prices=prices),
        answered=lambda led: saved(led, status=201),
    )


@does(
    router,
    "/price-lists/{list_id}",
    scope=Scope.CUSTOMERS_WRITE,
    answers_={200: Saved},
    name="change_price_list",
    summary="Let a price list be as it is sent; its prices and its currency stay",
)
def change_price_list(request: HttpRequest, list_id: Key, body: sent.ListSent) -> Doing[Any]:
    """It counts from now on, not for what waits."""
    actor, version, wanted = caller(request).actor, version_of(request), _list_as_sent(body, "")
    return Doing(
        act=lambda: actions.change_list(list_id, wanted, actor=actor, version=version),
        answered=saved,
        current=lambda: _now(queries.list_for_staff(actor, list_id)),
    )


def _list_as_sent(body: sent.ListSent, currency: str) -> ListInput:
    names = ("name", "base_id", "starts", "ends", "places", "offers")
    return ListInput(currency=currency, **{name: getattr(body, name) for name in names})


@does(
    router,
    "/price-lists/{list_id}/prices",
    scope=Scope.CUSTOMERS_WRITE,
    answers_={200: Saved},
    name="set_list_prices",
    summary="Let these be the prices of a list, all of them, up to 2,000",
)
def set_list_prices(request: HttpRequest, list_id: Key, body: sent.PricesSent) -> Doing[Any]:
    """What is not among them is gone; orders that were placed keep their prices. Longer lists are a file's."""
    actor, version, prices = caller(request).actor, version_of(request), _prices(request, body.lines)
    return Doing(
        act=lambda: actions.set_prices(list_id, prices, actor=actor, version=version),
        answered=saved,
        current=lambda: _now(queries.list_for_staff(actor, list_id)),
    )


def _prices(request: HttpRequest, rows: Sequence[sent.PriceSent]) -> list[PriceInput]:
    """Return rows as actions take them. Raises NotAllowed, InvalidLines naming each code and category not there."""
    policies.require_manages_organizations(caller(request).actor)
    products = _products([row.code for row in rows if row.code is not None])
    asked = any(row.category_id is not None for row in rows)
    categories = {each.id for each in assortment().categories()} if asked else set()
    problems: list[tuple[int, str]] = []
    found: list[PriceInput] = []
    for place, row in enumerate(rows):
        if row.code is not None and row.code not in products:
            problems.append((place, _("There is no product %(codes)s.") % {"codes": row.code[:60]}))
        elif row.category_id is not None and row.category_id not in categories:
            problems.append((place, _("There is no such category.")))
        else:
            goods = GoodsInput(product_id=products.get(row.code or ""), category_id=row.category_id)
            found.append(_price(row, goods))
    if problems:
        raise InvalidLines(_("Nothing was written: see each row."), problems=problems)
    return found


def _price(row: sent.PriceSent, goods: GoodsInput) -> PriceInput:
    return PriceInput(
        goods=goods,
        least=row.least,
        net=None if row.net is None else Decimal(row.net),
        per_cent=None if row.per_cent is None else Decimal(row.per_cent),
        starts=row.starts,
        ends=row.ends,
    )
