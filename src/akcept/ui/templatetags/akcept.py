"""Template tags that every surface shares: money, time, status, icons, form fields."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.conf import settings
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select
from django.shortcuts import resolve_url
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from akcept.approvals.sentences import Turns, turns
from akcept.kernel import price_sight
from akcept.kernel.amounts import Limit
from akcept.kernel.clock import utc_now
from akcept.ordering import payments
from akcept.ordering import status as order_status
from akcept.ordering.changes.revisions import Difference, Text, TextChange
from akcept.ordering.models import Revision
from akcept.ordering.queries import OrderView, StepView
from akcept.organizations import labels, wording
from akcept.organizations.labels import EXPLAINED, LABELS
from akcept.organizations.permissions import Permission
from akcept.organizations.queries import name_of
from akcept.ui import formats, history
from akcept.ui.forms import counting
from akcept.ui.sentence import Sentence

register = template.Library()

#: status -> (colour class, icon); colour carries one meaning and always comes with a word and an icon.
_CHIPS = {
    order_status.AWAITING_ACCEPTANCE: ("wait", "bi:hourglass-split"),
    order_status.REJECTED: ("no", "bi:x-circle"),
    order_status.WITHDRAWN: ("no", "bi:arrow-counterclockwise"),
    order_status.EXPIRED: ("no", "bi:calendar-x"),
    order_status.UNHANDLED: ("plain", "bi:inbox"),
    "in_progress": ("plain", "bi:arrow-repeat"),
    "packed": ("plain", "bi:box-seam"),
    "shipped": ("ok", "bi:truck"),
    "completed": ("ok", "bi:check2-circle"),
    "cancelled": ("no", "bi:slash-circle"),
}
#: What stands for an icon that is all there is to see of a button.
_SIGNS = {
    **{"three-dots": "⋯", "x-lg": "×", "question-lg": "?", "check2": "✓", "dash-lg": "-"},
    **{"arrow-left": "←", "arrow-right": "→", "arrow-up": "↑", "arrow-down": "↓"},
}


@register.simple_tag
def counted(limit: int) -> SafeString:
    """Print the attributes of a text area that is counted while one types."""
    return format_html_join(" ", '{}="{}"', counting(limit).items())


@register.simple_tag
def prices_seen() -> bool:
    """Whether whoever reads this sees prices: columns and sums are left out for whoever does not."""
    return price_sight.are_seen()


@register.filter
def money(value: Decimal | None, currency: str) -> str:
    """Format an amount with its currency; nothing for nothing."""
    return "" if value is None else formats.money(value, currency)


@register.filter
def amount(value: Decimal | None) -> str:
    """Format an amount without its currency."""
    return "" if value is None else formats.amount(value)


@register.filter
def unit_price(value: Decimal | None) -> str:
    """Format the price of one piece, without its currency, with all its decimals."""
    return "" if value is None else formats.unit_price(value)


@register.filter
def count(number: int | None) -> str:
    """Format a number of pieces; nothing for nothing."""
    return "" if number is None else formats.count(number)


@register.filter
def limited(number: int | None) -> SafeString | str:
    """Show a number that is counted up to 99 only: "99+" to the eye, "more than 99" to the ear."""
    seen, heard = formats.counted(number or 0), formats.counted_aloud(number or 0)
    if seen == heard:
        return seen
    return format_html('<span aria-hidden="true">{}</span><span class="visually-hidden">{}</span>', seen, heard)


@register.filter
def percent(rate: Decimal | None) -> str:
    """Format a rate such as VAT."""
    return formats.percent(rate)


@register.filter
def tax_label(number: str) -> str:
    """Return what an organisation's tax number is called where it is from."""
    return "NIP" if number.isdigit() else "VAT"


@register.filter
def tax_number(number: str) -> str:
    """Return an organisation's tax number with what it is called: "NIP 5260001246", "VAT GB980780684"."""
    return f"{tax_label(number)} {number}"


@register.filter
def day(value: datetime) -> str:
    """Format a short date."""
    return formats.day(value)


@register.filter
def written_day(value: date) -> str:
    """Format a day written out."""
    return formats.written_day(value)


@register.filter
def whole_day(value: datetime) -> str:
    """Format a short date with its year."""
    return formats.whole_day(value)


@register.filter
def term(row: Any) -> str:
    """Say from when to when a row counts that has `starts` and `ends`."""
    return formats.term(row.starts, row.ends)


@register.filter
def weekday(on: date) -> str:
    """Format a day near today."""
    return formats.weekday(on)


@register.filter
def lasted(length: timedelta) -> str:
    """Format a length of time in its largest whole unit."""
    now = utc_now()
    return formats.span(now - length, now=now)


@register.filter
def span(since: datetime) -> str:
    """Say how long ago, in the largest whole unit."""
    return formats.span(since)


@register.simple_tag
def when(at: datetime | None) -> SafeString | str:
    """Return a time relative while fresh, exact in its title and machine-readable."""
    if at is None:
        return ""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', at.isoformat(), formats.exact(at), formats.moment(at)
    )


@register.simple_tag
def waiting(since: datetime, *, chip: bool = True) -> SafeString:
    """Return how long something waits; amber from the second day on."""
    late = chip and utc_now() - since >= timedelta(days=2)
    return format_html(
        '<time class="{}" datetime="{}" title="{}">{}</time>',
        "status status-wait" if late else "nowrap",
        since.isoformat(),
        formats.exact(since),
        formats.span(since),
    )


@register.simple_tag
def icon(name: str) -> SafeString | str:
    """Return an icon of the project's sprite (`AKCEPT_ICONS`); without one a plain sign where it stands alone."""
    sprite = getattr(settings, "AKCEPT_ICONS", "")
    if not sprite:
        return format_html('<span aria-hidden="true">{}</span>', _SIGNS[name]) if name in _SIGNS else ""
    return format_html('<svg class="ak-icon" aria-hidden="true"><use href="{}#{}"/></svg>', static(sprite), name)


@register.filter
def role_name(stored: str) -> str:
    """Return a role's name for the reader: see `organizations.labels.role_name`."""
    return labels.role_name(stored)


@register.simple_tag
def unheard(text: str) -> SafeString:
    """Return what a button's name says to a screen reader only: which order it is about."""
    return format_html('<span class="visually-hidden"> {}</span>', text)


@register.simple_tag
def status_chip(value: str, *, customer: bool = False) -> SafeString:
    """Return an order's status as a coloured chip with icon and word: the shop's words, or the customer's."""
    colour, name = _CHIPS.get(value, ("plain", "bi:circle"))
    label = (order_status.CUSTOMER_LABELS if customer else order_status.LABELS).get(value, value)
    return format_html('<span class="status status-{}">{} {}</span>', colour, icon(name[3:]), label)


@register.filter
def status_label(value: str) -> str:
    """Return a status in words."""
    return str(order_status.LABELS.get(value, value))


@register.filter
def payment_label(code: str) -> str:
    """Return a way to pay in words."""
    return str(payments.LABELS.get(code, code))


@register.filter
def paid(placement: Any) -> str:
    """Return how an order is paid in words, and within how many days where that was agreed: "on account, 30 days"."""
    return payments.within(placement.payment_code, placement.pay_days)


@register.filter
def permission_labels(permissions: Any) -> list[str]:
    """Return permissions in words, in their fixed order."""
    return [str(LABELS[permission]) for permission in Permission if permission in permissions]


@register.filter
def person_name(user: Any) -> str:
    """Return a person's name, a pseudonym in the reader's language."""
    return name_of(user)


@register.filter
def permission_label(value: str) -> str:
    """Return one permission in words."""
    return str(LABELS[Permission(value)])


@register.filter
def limit_text(value: Limit) -> str:
    """Return a limit of acceptance in words."""
    return wording.limit(value)


@register.filter
def limits_text(values: tuple[Limit, ...]) -> str:
    """Return limits of which any may be used up."""
    return wording.limits(values)


@register.filter
def begins(text: str, beginning: str) -> bool:
    """Whether a text begins so; a unit's path begins with that of every unit above."""
    return text.startswith(beginning)


@register.filter
def last_day(end: datetime) -> datetime:
    """Return a moment on the last day of a period that ends before `end`."""
    return end - timedelta(seconds=1)


@register.filter
def permission_explained(value: str) -> str:
    """Return what a permission lets its holder do."""
    return str(EXPLAINED[Permission(value)])


@register.filter
def sentences(entries: Any, audience: str = "members") -> list[Sentence]:
    """Return journal entries as sentences for an audience: "members" or "staff"."""
    return history.sentences(entries, for_staff=audience == "staff")


@register.filter
def split_words(text: str) -> list[str]:
    """Return the words of a text, to loop over names in a template."""
    return text.split()


@register.filter
def item(form: Any, name: str) -> Any:
    """Return one field of a form by its name."""
    return form[name]


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """Look a key up in a mapping."""
    return mapping.get(key) if mapping else None


@register.inclusion_tag("akcept/ui/field.html")
def field(bound: BoundField, *, help_text: str = "", quiet: bool = False, focus: bool = False) -> dict[str, Any]:
    """Render a form field: label, control, help and error, tied together for screen readers.

    `quiet` leaves the word "optional" out; `focus` lets typing begin there.
    """
    widget = bound.field.widget
    checks = isinstance(widget, (CheckboxInput, CheckboxSelectMultiple, RadioSelect))
    described = [f"{bound.auto_id}-help"] if (help_text or bound.help_text) else []
    attributes: dict[str, str | bool] = {
        "class": "form-check-input" if checks else "form-select" if isinstance(widget, Select) else "form-control"
    }
    if bound.errors:
        attributes["class"] = f"{attributes['class']} is-invalid"
        attributes["aria-invalid"] = "true"
        described.append(f"{bound.auto_id}-error")
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if focus:
        attributes["autofocus"] = True
    is_group = isinstance(widget, (CheckboxSelectMultiple, RadioSelect))
    if is_group:
        widget.attrs |= {"class": "form-check-input"}  # a form's widgets are its own copies
    return {
        "field": bound,
        "control": bound if is_group else bound.as_widget(attrs=attributes),
        "is_check": isinstance(widget, CheckboxInput),
        "is_group": is_group,
        "help": help_text or bound.help_text,
        "quiet": quiet,
    }


@register.filter
def quoted(text: str) -> str:
    """Put what somebody wrote into the quotation marks of the active language; in pages `<q>` does that."""
    return _("“%(text)s”") % {"text": text}


@register.filter
def without_label(error: str, label: str) -> str:
    """Return an error without the name of its field in front: a list of errors says that already."""
    return str(error).removeprefix(f"{label}: ")


@register.simple_tag
def quantity_control(bound: BoundField) -> SafeString:
    """Render the control of a quantity in a table; its label and error are in the row."""
    attributes: dict[str, str | bool] = {"class": "form-control"}
    if bound.errors:
        attributes |= {"class": "form-control is-invalid", "aria-invalid": "true"}
        attributes["aria-describedby"] = f"{bound.auto_id}-error"
    return bound.as_widget(attrs=attributes)


@register.filter
def asked_in_words(step: StepView) -> str:
    """Say whom a step asks: "Director", "2 of: Ben Nowak, Cora Wiśniewska", "all of: ..."."""
    asks = ", ".join(step.asks) or _("anyone who may accept orders")
    if step.quorum == 1:
        return asks
    if step.quorum == 0:
        return _("all of: %(asks)s") % {"asks": asks}
    return _("%(n)d of: %(asks)s") % {"n": step.quorum, "asks": asks}


@register.filter
def still_asked(view: OrderView) -> Turns:
    """Return whom an order's present step and those after it ask, who is asked several times in a row once."""
    words = [asked_in_words(step) for step in view.steps if step.place in ("now", "later")]
    return turns(words, answers=view.asked, once=view.asks_once)


@register.filter
def too_few(left: int) -> str:
    """Say how many pieces of a product are missing, of a stock below nothing."""
    return ngettext("%(n)d too few in stock", "%(n)d too few in stock", -left) % {"n": -left}


_CHANGED = {
    Revision.Kind.AMENDED.value: gettext_lazy("%(name)s reduced the order"),
    Revision.Kind.RESUBMITTED.value: gettext_lazy("%(name)s changed the order"),
    Revision.Kind.REPRICED.value: gettext_lazy("Prices were brought up to date"),
}


@register.filter
def change_in_words(change: Difference) -> str:
    """Say who changed an order."""
    text = _CHANGED[change.kind]
    if change.kind == Revision.Kind.AMENDED.value and not change.lines:
        text = _CHANGED[Revision.Kind.RESUBMITTED.value]  # another delivery only: nothing was reduced
    return str(text) % {"name": change.by_name}


@register.filter
def text_label(change: TextChange) -> str:
    """Say which of an order's texts was written anew."""
    names = {Text.NOTE: _("Note"), Text.PO_NUMBER: _("Your order number"), Text.PAYMENT: _("Payment")}
    return names[change.text]


@register.simple_tag
def login_url() -> str:
    """Return where this shop logs people in, whatever it uses for that."""
    return resolve_url(settings.LOGIN_URL)


@register.simple_tag(takes_context=True)
def with_query(context: dict[str, Any], **changes: Any) -> str:
    """Return the page's query string with some parameters changed; None removes one."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = value
    encoded = query.urlencode()
    return f"?{encoded}" if encoded else "?"
