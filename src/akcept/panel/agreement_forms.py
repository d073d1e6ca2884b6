"""Forms of agreements and price lists: products by their codes, lists by their names, one a line."""

from __future__ import annotations

import csv
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from akcept.agreements.answers import Addressed, Assorted, Choice, Conditions
from akcept.agreements.checks import ATTRIBUTES_LIMIT, DAYS_LIMIT, NAME_LIMIT, PLACES
from akcept.agreements.inputs import AgreementInput, GoodsInput, ListInput, PackInput
from akcept.agreements.models import Addresses, Agreement, Assortment, Chosen, PriceList
from akcept.agreements.ports import counter
from akcept.kernel.errors import Invalid
from akcept.ordering import payments
from akcept.ordering.ports import ProductRef, assortment
from akcept.organizations import figures
from akcept.ui.forms import AmountField, CountField, DayField, LineField, ProseField, home_currency

#: What is typed into a box at most; more is a file.
_MOST: Final = 100_000


def text_box(label: Any, help_text: Any = "") -> ProseField:
    """Return a field of several lines that may stay empty."""
    return ProseField(
        label=label, help_text=help_text, required=False, max_length=_MOST, widget=forms.Textarea({"rows": 4})
    )


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _rows(text: str, width: int) -> list[list[str]]:
    """Return rows of cells, as many as are asked for, as people type them or a spreadsheet pastes them."""
    marks = [(line, next((mark for mark in "\t;|" if mark in line), ";")) for line in _lines(text)]
    cells = [next(csv.reader([line], delimiter=mark, skipinitialspace=True)) for line, mark in marks]
    return [[*(cell.strip() for cell in row), *[""] * width][:width] for row in cells]


def products_of(text: str) -> list[int]:
    """Return the products of codes, one a line, by their ids. Raises ValidationError naming those not there."""
    return [each.id for each in _products(_lines(text)).values()]


def _products(codes: list[str]) -> dict[str, ProductRef]:
    """Return products by their codes. Raises ValidationError naming those that are not there."""
    found = assortment().products(codes)
    missing = [code for code in codes if code not in found]
    if missing:
        raise ValidationError(_("There is no product %(codes)s.") % {"codes": ", ".join(missing[:10])})
    return found


def named_by_attribute(attribute: str, value: str) -> list[GoodsInput]:
    """Return the goods an attribute, by code or name, and a value mean. Raises ValidationError: no product has it."""
    found = assortment().with_attribute(attribute, value) if attribute and value else []
    if not found:
        raise ValidationError(_("No product has “%(named)s”."), params={"named": f"{attribute};{value}"[:300]})
    return [GoodsInput(attribute=each) for each in found]


def _worth(label: Any, help_text: Any = "") -> AmountField:
    return AmountField(label=label, help_text=help_text, required=False, min_value=0, max_digits=12)


def _ways(label: Any, help_text: Any = "") -> forms.MultipleChoiceField:
    widget = forms.CheckboxSelectMultiple()
    return forms.MultipleChoiceField(label=label, help_text=help_text, required=False, widget=widget)


class AgreementForm(forms.Form):
    """An agreement, all of it; the field names are those the core refuses by."""

    unit = forms.TypedChoiceField(
        label=gettext_lazy("Unit"),
        coerce=int,
        help_text=gettext_lazy("It applies to the units below, too; agreed with head office it is everybody's there."),
    )
    name = LineField(label=gettext_lazy("Name"), max_length=NAME_LIMIT)
    starts = DayField(label=gettext_lazy("First day"), required=False)
    ends = DayField(label=gettext_lazy("Last day"), required=False, help_text=gettext_lazy("Leave empty for no end."))
    lists = text_box(
        gettext_lazy("Price lists"), gettext_lazy("One name per line, in the order in which they are asked.")
    )
    choice = forms.ChoiceField(label=gettext_lazy("Which price applies"), choices=Chosen.choices)
    position = CountField(
        label=gettext_lazy("Order among agreements of the same unit"), min_value=0, max_value=1000, initial=0
    )
    alone = forms.BooleanField(label=gettext_lazy("Replaces what was agreed above"), required=False)
    assorted = forms.ChoiceField(label=gettext_lazy("Products that may be bought"), choices=Assortment.choices)
    goods = text_box(gettext_lazy("Products named"), gettext_lazy("One code or EAN per line."))
    categories = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Categories named"), coerce=int, required=False, widget=forms.SelectMultiple({"size": 8})
    )
    attributes = text_box(
        gettext_lazy("Attributes named"),
        gettext_lazy("One per line: attribute; value. Products that have it are named. For example: brand;Leitz"),
    )
    packs = text_box(
        gettext_lazy("Packs"),
        gettext_lazy(
            "One product per line: code; sold by; smallest quantity; name of the pack. For example: P1;12;24;carton"
        ),
    )
    order_from = _worth(gettext_lazy("Smallest order, net"))
    order_up_to = _worth(
        gettext_lazy("Largest order, net"),
        gettext_lazy("Products only, in the shop's currency. Leave empty for what is agreed above, or the shop's own."),
    )
    pays = _ways(gettext_lazy("Ways to pay"))
    addressed = forms.ChoiceField(label=gettext_lazy("Delivery addresses"), choices=Addresses.choices, required=False)
    pay_days = CountField(
        label=gettext_lazy("Days to pay on account"),
        required=False,
        min_value=0,
        max_value=DAYS_LIMIT,
        help_text=gettext_lazy("Shown where orders are placed and accepted, and kept with each order."),
    )
    delivers = _ways(
        gettext_lazy("Ways of delivery"), gettext_lazy("None chosen: what is agreed above, or all the shop has.")
    )
    free_from = _worth(
        gettext_lazy("Delivery free from, net"),
        gettext_lazy("Value of the products; 0 is always. Below it the shop's own charge counts."),
    )
    small_below = _worth(gettext_lazy("Surcharge below, net"), gettext_lazy("Value of the products; 0 is never."))
    surcharge = _worth(
        gettext_lazy("Surcharge, net"), gettext_lazy("Added to the delivery of small orders, and taxed as it is.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, units: list[tuple[int, str]] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if units is None:
            del self.fields["unit"]
        else:
            self.fields["unit"].choices = units  # type: ignore[attr-defined]
        ways = [(code, str(label).capitalize()) for code, label in payments.LABELS.items()]
        self.fields["pays"].choices = ways  # type: ignore[attr-defined]
        self.fields["delivers"].choices = counter().deliveries()  # type: ignore[attr-defined]
        found = assortment().categories()
        self.fields["categories"].choices = [  # type: ignore[attr-defined]
            (each.id, "\u2014 " * each.depth + each.name) for each in found
        ]

    def clean_lists(self) -> tuple[int, ...]:
        """Return the lists by their ids."""
        names = list(dict.fromkeys(_lines(self.cleaned_data["lists"])))
        found = dict(PriceList.objects.filter(name__in=names).values_list("name", "pk"))
        missing = [name for name in names if name not in found]
        if missing:
            raise ValidationError(_("There is no price list “%(name)s”.") % {"name": missing[0]})
        return tuple(found[name] for name in names)

    def clean_goods(self) -> tuple[GoodsInput, ...]:
        """Return the products that are named."""
        found = _products(_lines(self.cleaned_data["goods"]))
        return tuple(GoodsInput(product_id=each.id) for each in found.values())

    def clean_attributes(self) -> tuple[GoodsInput, ...]:
        """Return the values of attributes that are named. Raises ValidationError for one that no product has."""
        rows = _rows(self.cleaned_data["attributes"], 2)
        if len(rows) > ATTRIBUTES_LIMIT:
            raise ValidationError(_("Name up to %(limit)d attributes."), params={"limit": ATTRIBUTES_LIMIT})
        return tuple(goods for row in rows for goods in named_by_attribute(*row))

    def clean_packs(self) -> tuple[PackInput, ...]:
        """Return the packs."""
        rows = _rows(self.cleaned_data["packs"], 4)
        found = _products([row[0] for row in rows])
        try:
            packs = [
                PackInput(
                    product_id=found[code].id,
                    multiple=figures.whole(multiple or "1"),
                    smallest=figures.whole(smallest or "1"),
                    unit=unit,
                )
                for code, multiple, smallest, unit in rows
            ]
        except Invalid as refusal:
            raise ValidationError(str(refusal)) from None
        if len({each.product_id for each in packs}) < len(packs):
            raise ValidationError(_("A product is named twice."))
        return tuple(packs)

    def typed(self) -> AgreementInput:
        """Return the agreement as typed."""
        data = self.cleaned_data
        categories = tuple(GoodsInput(category_id=each) for each in data["categories"])
        return AgreementInput(
            name=data["name"],
            starts=data["starts"],
            ends=data["ends"],
            position=data["position"],
            choice=Choice(data["choice"]),
            alone=data["alone"],
            list_ids=data["lists"],
            assorted=Assorted(data["assorted"]),
            goods=(*data["goods"], *categories, *data["attributes"]),
            packs=data["packs"],
            conditions=Conditions(
                order_from=data["order_from"],
                order_up_to=data["order_up_to"],
                pays=tuple(data["pays"]),
                delivers=tuple(data["delivers"]),
                pay_days=data["pay_days"],
                addressed=Addressed(data["addressed"]),
                free_from=data["free_from"],
                small_below=data["small_below"],
                surcharge=data["surcharge"],
            ),
        )


def initial_of(row: Agreement) -> dict[str, Any]:
    """Return what the form shows of an agreement that was read whole; one statement for the codes."""
    goods, packs = list(row.goods.all()), list(row.packs.all())
    ids = [each.product_id for each in goods if each.product_id is not None] + [each.product_id for each in packs]
    skus = assortment().skus(ids) if ids else {}
    agreed = sorted(row.agreed_lists.all(), key=lambda each: each.position)
    return {
        **{name: getattr(row, name) for name in ("name", "starts", "ends", "position", "choice", "alone", "version")},
        "assorted": row.assortment,
        "addressed": row.addressed,
        **{
            name: getattr(row.conditions, name)
            for name in (
                *("order_from", "order_up_to", "pays", "delivers", "pay_days"),
                *("free_from", "small_below", "surcharge"),
            )
        },
        "lists": "\n".join(each.price_list.name for each in agreed),
        "goods": "\n".join(skus.get(each.product_id, "") for each in goods if each.product_id is not None),
        "categories": [each.category_id for each in goods if each.category_id is not None],
        "attributes": "\n".join(f"{each.attribute};{each.value}" for each in goods if each.attribute),
        "packs": "\n".join(
            f"{skus.get(each.product_id, '')};{each.multiple};{each.smallest};{each.unit}" for each in packs
        ),
    }


class ListForm(forms.Form):
    """A price list without its prices."""

    name = LineField(label=gettext_lazy("Name"), max_length=NAME_LIMIT)
    currency = LineField(label=gettext_lazy("Currency"), max_length=3, initial=home_currency)
    base = LineField(
        label=gettext_lazy("Per cent are off the list"),
        required=False,
        max_length=NAME_LIMIT,
        help_text=gettext_lazy("Its name. Leave empty for the shop's own prices."),
    )
    starts = DayField(label=gettext_lazy("First day"), required=False)
    ends = DayField(label=gettext_lazy("Last day"), required=False, help_text=gettext_lazy("Leave empty for no end."))
    places = CountField(label=gettext_lazy("Decimal places"), min_value=2, max_value=PLACES, initial=2)
    offers = forms.BooleanField(label=gettext_lazy("The shop's offers apply on top"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_base(self) -> int | None:
        """Return the list that per cent are off, by its id."""
        name = self.cleaned_data["base"]
        if not name:
            return None
        found = PriceList.objects.filter(name=name).first()
        if found is None:
            raise ValidationError(_("There is no price list “%(name)s”.") % {"name": name})
        return found.pk

    def typed(self) -> ListInput:
        """Return the list as typed."""
        data = {name: value for name, value in self.cleaned_data.items() if name not in ("base", "version")}
        return ListInput(base_id=self.cleaned_data["base"], **data)


class PricesForm(forms.Form):
    """Prices of a list as a file or pasted; what they do not say stays."""

    file = forms.FileField(label=gettext_lazy("File (CSV or XLSX)"), required=False)
    text = text_box(
        gettext_lazy("Or paste rows"),
        gettext_lazy(
            "With headings: code; net price; per cent off; from pieces; first day; last day. "
            "A missing column changes nothing."
        ),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Take one of the two."""
        data = super().clean() or self.cleaned_data
        if bool(data.get("file")) == bool(data.get("text")):
            raise ValidationError(_("Choose a file or paste rows."))
        return data

    def content(self, limit: int) -> bytes:
        """Return what was sent, one byte more than the limit at most."""
        sent = self.cleaned_data.get("file")
        return bytes(sent.read(limit + 1)) if sent else str(self.cleaned_data["text"]).encode()

    def keep(self, text: str) -> None:
        """Have what a file said stand in the box, to be saved without the file: a browser forgets which it was."""
        if self.cleaned_data.get("file") and len(text) <= _MOST:
            self.data = {**self.data, "text": text}
