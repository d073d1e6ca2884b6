"""What was agreed for a unit, read in two steps: the agreements and their lists, then the rows about some products."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import reduce
from operator import or_
from typing import Any, Final

from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet

from akcept.agreements.answers import (
    DEEPEST,
    EVERYBODY,
    Addressed,
    Agreement,
    Assorted,
    Choice,
    Conditions,
    Pack,
    PriceList,
    PriceRow,
    Target,
    Term,
    Terms,
    in_force,
)
from akcept.agreements.models import AgreedGoods, AgreedPack, ListedPrice, codes
from akcept.agreements.models import Agreement as Row
from akcept.organizations.models import Unit

_LIST: Final = ("id", "name", "currency", "base_id", "starts", "ends", "places", "offers", "version")
_OWN: Final = (
    *("pk", "name", "version", "unit__path", "position", "starts", "ends", "choice", "alone", "assortment"),
    *("order_from", "order_up_to", "pays", "delivers", "pay_days", "addressed"),
    *("free_from", "small_below", "surcharge"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """For whom something is agreed: a unit, or that of a member; neither is somebody nothing was agreed with."""

    #: Its key, or an expression of it in somebody else's statement.
    unit_id: int | Any = None
    member_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """The agreements that count for a party on a day and the lists they name, without what is said of products."""

    day: date
    agreements: tuple[Agreement, ...] = ()
    lists: Mapping[int, PriceList] = field(default_factory=dict)
    #: The agreements that say something of packs.
    packing: frozenset[int] = frozenset()


def agreements_with(party: Party, day: date) -> QuerySet[Row]:
    """Return the agreements that count for a party on a day: its unit's, those above, and those with everybody."""
    units = Unit.objects.none()
    if party.unit_id is not None:
        units = Unit.objects.filter(pk=party.unit_id)
    elif party.member_id is not None:
        units = Unit.objects.filter(members=party.member_id)
    own = units.filter(organization=OuterRef("organization"), path__startswith=OuterRef("unit__path"))
    begun, not_over = Q(starts=None) | Q(starts__lte=day), Q(ends=None) | Q(ends__gte=day)
    return Row.objects.filter(Q(organization=None) | Exists(own), begun, not_over)


def heads_of(party: Party, day: date) -> Heads:
    """Return what counts for a party on a day; one statement."""
    levels = ["agreed_lists__price_list" + "__base" * depth for depth in range(DEEPEST)]
    columns = [f"{level}__{name}" for level in levels for name in _LIST]
    packs = Exists(AgreedPack.objects.filter(agreement=OuterRef("pk")))
    found = agreements_with(party, day).annotate(packing=packs).order_by("pk", "agreed_lists__position")
    agreements: dict[int, Agreement] = {}
    lists: dict[int, PriceList] = {}
    packing: set[int] = set()
    for row in found.values(*_OWN, "packing", *columns):
        named = row[f"{levels[0]}__id"]
        before = agreements.get(row["pk"]) or _agreement(row)
        agreements[row["pk"]] = replace(before, lists=(*before.lists, named)) if named is not None else before
        for level in levels:
            if row[f"{level}__id"] is not None:
                lists[row[f"{level}__id"]] = _list(row, level)
        if row["packing"]:
            packing.add(row["pk"])
    return Heads(day=day, agreements=tuple(agreements.values()), lists=lists, packing=frozenset(packing))


def _agreement(row: Mapping[str, Any]) -> Agreement:
    path = row["unit__path"]
    return Agreement(
        id=row["pk"],
        name=row["name"],
        version=row["version"],
        depth=path.count("/") - 1 if path else EVERYBODY,
        position=row["position"],
        term=Term(starts=row["starts"], ends=row["ends"]),
        choice=Choice(row["choice"]),
        alone=row["alone"],
        assorted=Assorted(row["assortment"]),
        conditions=Conditions(
            order_from=row["order_from"],
            order_up_to=row["order_up_to"],
            pays=codes(row["pays"]),
            delivers=codes(row["delivers"]),
            pay_days=row["pay_days"],
            addressed=Addressed(row["addressed"]),
            free_from=row["free_from"],
            small_below=row["small_below"],
            surcharge=row["surcharge"],
        ),
    )


def _list(row: Mapping[str, Any], level: str) -> PriceList:
    return PriceList(
        term=Term(starts=row[f"{level}__starts"], ends=row[f"{level}__ends"]),
        base=row[f"{level}__base_id"],
        **{name: row[f"{level}__{name}"] for name in _LIST if name not in ("starts", "ends", "base_id")},
    )


def deciding(heads: Heads) -> Agreement | None:
    """Return the agreement that decides which goods may be bought; None where all may."""
    counted = in_force(Terms(agreements=heads.agreements), heads.day)
    found = next((each for each in counted if each.assorted is not Assorted.AS_ABOVE), None)
    return None if found is None or found.assorted is Assorted.ALL else found


def saying_conditions(party: Party, day: date) -> QuerySet[Row]:
    """Return the agreements that count for a party on a day and say what orders have to keep to."""
    sums = ("order_from", "order_up_to", "pay_days", "free_from", "small_below")
    bounds = reduce(or_, (Q(**{f"{name}__isnull": False}) for name in sums))
    return agreements_with(party, day).filter(bounds | ~Q(pays="") | ~Q(delivers="") | ~Q(addressed=""))


def goods_of(agreement_id: int) -> QuerySet[AgreedGoods]:
    """Return what an agreement's assortment names."""
    return AgreedGoods.objects.filter(agreement_id=agreement_id)


class Torn(Exception):
    """An agreement or list was changed between two of the reads: read all of it again."""


def terms_of(heads: Heads, product_ids: Collection[int]) -> Terms:
    """Return all that is said of some products. Raises Torn: half of one version and half of another was never agreed.

    One statement for prices where lists are named, one for goods and one for packs where an agreement has them;
    however many products.
    """
    prices = _prices(heads, product_ids) if heads.lists else {}
    lists = {key: replace(found, rows=tuple(prices.get(key, ()))) for key, found in heads.lists.items()}
    decides = deciding(heads)
    goods = _goods(decides, product_ids) if decides is not None else ()
    packs = _packs(heads, product_ids) if heads.packing else {}
    agreements = tuple(
        replace(
            each,
            goods=goods if decides is not None and each.id == decides.id else (),
            packs=packs.get(each.id, {}),
        )
        for each in heads.agreements
    )
    return Terms(agreements=agreements, lists=lists)


def _require_same(seen: Mapping[int, int], read: Iterable[tuple[int, int]]) -> None:
    """Raise Torn unless versions, by id, are those that were seen first."""
    if any(seen[key] != version for key, version in read):
        raise Torn


def _prices(heads: Heads, product_ids: Collection[int]) -> dict[int, list[PriceRow]]:
    """Return the rows of lists; those of a list that has been changed since `heads` are Torn."""
    found: dict[int, list[PriceRow]] = {}
    about = Q(product_id__in=product_ids) | Q(product=None)
    rows = list(
        ListedPrice.objects.filter(about, price_list_id__in=heads.lists)
        .select_related("category", "price_list")
        .only(*("product_id", "category__path", "least", "net", "per_cent", "starts", "ends", "price_list__version"))
    )
    _require_same(
        {each.id: each.version for each in heads.lists.values()},
        {(row.price_list_id, row.price_list.version) for row in rows},
    )
    for row in rows:
        path = row.category.path if row.category is not None else ""
        found.setdefault(row.price_list_id, []).append(row.as_row(path))
    return found


def _goods(decides: Agreement, product_ids: Collection[int]) -> tuple[Target, ...]:
    about = FilteredRelation("goods", condition=Q(goods__product_id__in=product_ids) | Q(goods__product=None))
    named = Row.objects.filter(pk=decides.id).annotate(about=about)
    columns = ("about__product_id", "about__category__path", "about__attribute", "about__value")
    rows = list(named.values_list("version", "about__pk", *columns))
    _require_same({decides.id: decides.version}, {(decides.id, version) for version, *_columns in rows})
    return tuple(
        Target(product_id=product, category=path or "", attribute=(code, value) if code else None)
        for _version, pk, product, path, code, value in rows
        if pk
    )


def _packs(heads: Heads, product_ids: Collection[int]) -> dict[int, dict[int, Pack]]:
    found: dict[int, dict[int, Pack]] = {}
    about = FilteredRelation("packs", condition=Q(packs__product_id__in=product_ids))
    said = Row.objects.filter(pk__in=heads.packing).annotate(about=about)
    columns = ("about__product_id", "about__unit", "about__multiple", "about__smallest")
    rows = list(said.values_list("pk", "version", *columns))
    _require_same(
        {each.id: each.version for each in heads.agreements}, {(key, version) for key, version, *_columns in rows}
    )
    for key, _version, product_id, unit, multiple, smallest in rows:
        if product_id is not None:
            found.setdefault(key, {})[product_id] = Pack(unit=unit, multiple=multiple, smallest=smallest)
    return found
