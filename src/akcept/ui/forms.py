"""What forms of the shop's front and of the panel share: refusals of the core at their field, in the core's words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.formats import date_format, localize_input
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext_lazy as _

from akcept.kernel import typed
from akcept.kernel.clock import YEARS, is_sensible
from akcept.kernel.errors import Invalid, Refused, Stale
from akcept.organizations import checks, countries, figures
from akcept.organizations.actions import AddressInput


def languages() -> list[tuple[str, str]]:
    """Return the shop's languages, each once ("en-gb" and "en-us" are one) and in its own words."""
    codes = dict.fromkeys(code.split("-")[0] for code, _name in settings.LANGUAGES)
    return [(code, _own_name(code)) for code in codes]


def _own_name(code: str) -> str:
    try:
        return str(get_language_info(code)["name_local"])
    except KeyError:  # a language Django does not know
        return str(dict(settings.LANGUAGES).get(code, code))


def page_language() -> str:
    """Return the language of the page as two letters, also in a shop without Django's LocaleMiddleware."""
    return (get_language() or settings.LANGUAGE_CODE)[:2]


class AmountField(forms.DecimalField):
    """An amount as people type it, and as pages show it: "3 000,50", "3000.5", "3,000.50", the same in every language.

    What could be two numbers ("3,000") is refused, as in files, and so are parts of a cent.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("localize", True)
        kwargs.setdefault("decimal_places", 2)
        kwargs.setdefault("widget", forms.TextInput({"inputmode": "decimal"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """Return the amount, or None. Raises ValidationError."""
        return super().to_python(_figure(self, value, figures.amount) if isinstance(value, str) else value)

    def prepare_value(self, value: Any) -> Any:
        """Return what the field shows: thousands with their decimal places, so that it can be typed again."""
        whole = isinstance(value, Decimal) and abs(value) >= 1000 and value == value.to_integral_value()
        return super().prepare_value(value.quantize(Decimal("0.01")) if whole else value)


class CountField(forms.IntegerField):
    """A whole number as people type it: "10", "1 000", "2,00"; read as in files."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput({"inputmode": "numeric"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """Return the number, or None. Raises ValidationError."""
        return super().to_python(_figure(self, value, figures.whole) if isinstance(value, str) else value)


class PercentField(AmountField):
    """A per cent, with the sign behind it or not."""

    def to_python(self, value: Any) -> Any:
        """Return the number, or None. Raises ValidationError."""
        return super().to_python(value.strip().removesuffix("%") if isinstance(value, str) else value)


def _figure(field: forms.Field, value: str, read: Callable[..., Decimal | int]) -> str:
    """Return a typed number in plain figures, nothing for nothing. Raises ValidationError."""
    try:
        return str(read(value, otherwise=str(field.error_messages["invalid"]))) if value.strip() else ""
    except Invalid as refusal:
        raise ValidationError(str(refusal)) from None


def counting(limit: int) -> dict[str, Any]:
    """Return the attributes by which a text area is counted while one types.

    There is no `maxlength`: a browser cuts off what is pasted without a word. What is too long is refused and kept.
    """
    return {
        "data-limit": limit,
        "data-within": _("Characters: {n} of {limit}"),
        "data-over": _("Too long: {n} of {limit} characters"),
    }


class LineField(forms.CharField):
    """One line of text up to a limit: a browser cuts off nothing of what is pasted, too much is refused and kept."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Return the attributes, without the one that cuts."""
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}


class ProseField(forms.CharField):
    """Text of one or several lines up to a limit; nothing of what is pasted is lost, too much is refused."""

    def __init__(self, *, max_length: int, rows: int = 3, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea({"rows": rows}))
        super().__init__(max_length=max_length, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Return the attributes that count instead of those that cut."""
        return counting(self.max_length or 0)

    def to_python(self, value: Any) -> Any:
        """Return the text as it is stored; a line end is one character."""
        return super().to_python(typed.prose(value) if isinstance(value, str) else value)


class DayField(forms.DateField):
    """A day between 2000 and 2200: nothing in a shop happens further away, and calendars are not made for it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """Return the day, or None. Raises ValidationError."""
        found = super().to_python(value)
        if found is not None and not is_sensible(found):
            raise ValidationError(_("Enter a day between %(first)d and %(last)d."), params=YEARS)
        return found


def compare_days(form: forms.Form, first: str, last: str) -> None:
    """Refuse, at the second field, a last day that is before the first; one that is missing leaves that end open."""
    _compare(form, first, last, _("This is before the day it starts from."))


def compare_sums(form: forms.Form, low: str, high: str) -> None:
    """Refuse, at the second field, a highest sum that is less than the lowest; one that is missing leaves it open."""
    _compare(form, low, high, _("This is less than the value it starts from."))


def _compare(form: forms.Form, low: str, high: str, refusal: Any) -> None:
    least, most = form.cleaned_data.get(low), form.cleaned_data.get(high)
    if least is not None and most is not None and least > most:
        form.add_error(high, refusal)


def onto(form: forms.Form, refusal: Refused) -> int:
    """Put a refusal onto the form's field (or its head) and return the status to answer with.

    After `Stale` the form goes on from what is stored now: each field that differs says what that is, and the version
    is today's, so that who has read it can save what they typed.
    """
    field = refusal.field if refusal.field in form.fields else None
    form.add_error(field, str(refusal))
    if isinstance(refusal, Stale):
        _catch_up(form)
    return refusal.status


def _catch_up(form: forms.Form) -> None:
    """Give a form the version its view has read by now; what it would save over is told at each field.

    A view that read before somebody else was done has the old version still: nothing is caught up with then.
    """
    stored, typed = form.initial.get("version"), form.cleaned_data.get("version")
    if stored is None or "version" not in form.fields or stored == typed:
        return
    differing = [
        bound for bound in form.visible_fields() if bound.name in form.initial and bound.name in form.changed_data
    ]
    data: Any = copy(form.data)
    data[form.add_prefix("version")] = str(stored)
    form.data = data
    for bound in differing:
        form.add_error(bound.name, _("Stored now: %(value)s") % {"value": _stored(bound)})


def _stored(bound: forms.BoundField) -> str:
    """Return what is stored in a field, as a person reads it."""
    value = bound.initial
    if isinstance(bound.field, forms.BooleanField):
        return str(_("yes") if value else _("no"))
    if isinstance(bound.field, forms.ChoiceField):
        values = {str(each) for each in value} if isinstance(value, list | tuple | set) else {str(value)}
        shown = [str(label) for key, label in _flat(bound.field.choices) if str(key) in values]
        return ", ".join(shown) or "–"
    if isinstance(value, date):
        return date_format(value)
    shown_as = bound.field.prepare_value(value)
    return "–" if shown_as in (None, "") else localize_input(shown_as) if bound.field.localize else str(shown_as)


def _flat(choices: Any) -> list[tuple[Any, Any]]:
    """Return choices without their groups."""
    return [
        pair for key, label in choices for pair in (_flat(label) if isinstance(label, list | tuple) else [(key, label)])
    ]


def checked(check: Callable[[str], str], value: str) -> str:
    """Ask the core's own check, so that all of a form's mistakes are told at once and in the same words."""
    try:
        return check(value)
    except Invalid as refusal:
        raise ValidationError(str(refusal)) from None


def version_typed(typed: str) -> int:
    """Return the version a form was shown with; -1, which none ever is, for a missing or mangled one: it is stale."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else -1


def seen_version(request: HttpRequest) -> int:
    """Return the version the posted form was shown with, see `version_typed`."""
    return version_typed(request.POST.get("version", ""))


class SuggestInput(forms.TextInput):
    """A text input with suggestions, pairs of what is typed and what it means: the browser searches, unscripted."""

    def __init__(self, attrs: dict[str, Any] | None = None, *, suggestions: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(attrs)
        self.suggestions = suggestions

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """Return the input and the list it draws from."""
        listed = f"id_{name}-list"
        control = super().render(name, value, {**(attrs or {}), "list": listed, "autocomplete": "off"}, renderer)
        options = format_html_join("", '<option value="{}">{}</option>', self.suggestions)
        return format_html('{}<datalist id="{}">{}</datalist>', control, listed, options)


def currencies() -> list[tuple[str, str]]:
    """Return the currencies offered, the shop's own first."""
    return [(code, code) for code in dict.fromkeys((home_currency(), *_CURRENCIES))]


def home_currency() -> str:
    """Return the shop's own currency."""
    return str(getattr(settings, "OSCAR_DEFAULT_CURRENCY", "PLN"))


_CURRENCIES = ("PLN", "EUR", "USD", "GBP", "CZK", "CHF", "SEK", "NOK", "DKK", "HUF")


class CountryMixin(forms.Form):
    """The country of an address; without a choice where the shop has one country only."""

    country = forms.ChoiceField(label=_("Country"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own_country = str(self.initial.get("country") or "")
        offered = countries.choices(own=self.own_country)
        if len(offered) < 2:
            del self.fields["country"]
            return
        self.fields["country"].choices = offered  # type: ignore[attr-defined]
        self.fields["country"].initial = offered[0][0]

    def chosen_country(self) -> str:
        """Return the country the form is about, also while its other fields are judged."""
        if "country" not in self.fields:
            return self.own_country or countries.default()
        typed = str(self.data.get(self.add_prefix("country"), ""))
        return typed if self.fields["country"].valid_value(typed) else countries.default()  # type: ignore[attr-defined]


class CompanyMixin(CountryMixin):
    """An organisation's name, tax number and seat; the field names are those the core refuses by."""

    name = LineField(label=_("Organisation's name"), max_length=200)
    nip = LineField(label=_("NIP"), max_length=24)
    line1 = LineField(label=_("Street and number"), max_length=255)
    postcode = LineField(label=_("Postcode"), max_length=12)
    city = LineField(label=_("Town"), max_length=120)

    def clean_nip(self) -> str:
        """Return the tax number as its country writes it."""
        return checked(partial(checks.tax_number, country=self.chosen_country()), self.cleaned_data["nip"])

    def clean_postcode(self) -> str:
        """Return the postcode in its usual form."""
        return checked(partial(checks.postcode, country=self.chosen_country()), self.cleaned_data["postcode"])

    def seat(self) -> AddressInput:
        """Return the organisation's address, received by itself."""
        data = self.cleaned_data
        return AddressInput(
            recipient=data["name"],
            line1=data["line1"],
            postcode=data["postcode"],
            city=data["city"],
            country=self.chosen_country(),
        )
