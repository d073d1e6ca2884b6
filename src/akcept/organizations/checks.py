"""What may be typed about an organisation: each returns the cleaned value, or refuses with field and reason."""

from __future__ import annotations

import re
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError as NotAnEmail
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from stdnum import get_cc_module
from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.pl import nip as _nip

from akcept.kernel.amounts import Limit
from akcept.kernel.errors import Invalid
from akcept.kernel.typed import line
from akcept.organizations import countries, mailboxes

TAX_NUMBER_LIMIT = 20
_POSTCODE_PL = re.compile(r"[0-9]{2}-[0-9]{3}")
#: The first three digits name a tax office: from 101, never ending in 00. The check digit alone passes 000-000-00-00.
_NIP_OFFICE = re.compile(r"[1-9]([0-9][1-9]|[1-9][0-9])[0-9]{7}")


def nip(typed: str) -> str:
    """Return ten digits of a Polish tax number typed with or without PL, dashes and blanks. Raises Invalid."""
    try:
        digits = str(_nip.validate(typed))
    except InvalidChecksum:
        raise Invalid(_("This NIP has a wrong check digit: please compare it with your papers."), field="nip") from None
    except ValidationError:
        raise Invalid(_("A NIP has ten digits, for example 526-000-12-46."), field="nip") from None
    if not _NIP_OFFICE.fullmatch(digits):
        raise Invalid(_("This NIP has a wrong check digit: please compare it with your papers."), field="nip")
    return digits


def tax_number(typed: str, *, country: str = "") -> str:
    """Return an organisation's tax number as its country writes it: a NIP as ten digits, others as "GB980780684".

    Checked as far as the country's numbers are known; of others any letters and digits are taken. Raises Invalid.
    """
    country = country or countries.default()
    if country == "PL":
        return nip(typed)
    kind = get_cc_module(country, "vat")
    try:
        digits = kind.validate(typed) if kind is not None else re.sub(r"[^0-9A-Z]", "", typed.upper())
    except ValidationError:
        digits = ""
    number = digits if digits.startswith(country) else f"{country}{digits}"
    if not digits or len(number) > TAX_NUMBER_LIMIT:
        words = {"country": countries.name_of(country)}
        raise Invalid(_("This is not a valid VAT number (country: %(country)s).") % words, field="nip")
    return number


def required(typed: str, *, field: str, text: object, limit: int) -> str:
    """Return the text without needless blanks. Raises Invalid when nothing is left or it is too long."""
    if not (cleaned := optional(typed, field=field, limit=limit)):
        raise Invalid(text, field=field)
    return cleaned


def optional(typed: str, *, field: str, limit: int) -> str:
    """Return the text as names are stored and compared: composed, without needless blanks or what nobody sees.

    Perhaps empty. Raises Invalid when it is too long for its column.
    """
    cleaned = line(typed)
    if len(cleaned) > limit:
        raise Invalid(_("This may have up to %(limit)d characters.") % {"limit": limit}, field=field)
    return cleaned


#: What stands for the code of a unit that was given none (`Unit.key`).
_OWN_CODE = re.compile(r"U[0-9]+")
CODE_LIMIT = 40


def unit_code(typed: str, *, own: str = "") -> str:
    """Return a unit's code in capitals; empty for none, and for `own`, which stands for none. Raises Invalid."""
    cleaned = optional(typed, field="code", limit=CODE_LIMIT).upper()
    if cleaned == own:
        return ""
    if _OWN_CODE.fullmatch(cleaned):
        raise Invalid(
            _("Codes such as %(code)s stand for units without one: choose another.") % {"code": cleaned}, field="code"
        )
    return cleaned


def unit_name(typed: str) -> str:
    """Return the name without needless blanks. Raises Invalid when it is empty or too long."""
    return required(typed, field="name", text=_("Enter the unit's name."), limit=120)


def cost_centre(typed: str) -> str:
    """Return a cost centre, perhaps empty. Raises Invalid when it is too long."""
    return optional(typed, field="cost_centre", limit=40)


_FLAWS = {
    mailboxes.Flaw.INVISIBLE: gettext_lazy(
        "This address contains a space or an invisible character: type it by hand instead of pasting it."
    ),
    mailboxes.Flaw.LOOKALIKE: gettext_lazy(
        "“%(at)s” in this address looks like another letter: type the address by hand instead of pasting it."
    ),
}


def email(typed: str, *, field: str = "email") -> str:
    """Return an e-mail address as it is stored and compared (`mailboxes.canonical`). Raises Invalid."""
    try:
        cleaned = mailboxes.canonical(typed)
    except mailboxes.Flawed as flawed:
        raise Invalid(_FLAWS[flawed.flaw] % {"at": flawed.at}, field=field) from None
    try:
        EmailValidator()(cleaned)
    except NotAnEmail:
        raise Invalid(_("Enter an e-mail address, for example anna@example.com."), field=field) from None
    return optional(cleaned, field=field, limit=254)


def same_email(one: str, other: str) -> bool:
    """Whether two addresses are one mailbox; what is not what it looks like equals itself only."""
    try:
        return mailboxes.canonical(one) == mailboxes.canonical(other)
    except mailboxes.Flawed:
        return one == other


def language(chosen: str) -> str:
    """Return one of the shop's languages, "de" also where the shop says "de-at". Raises Invalid."""
    offered = {code for code, _name in settings.LANGUAGES}
    if chosen not in offered | {code.split("-")[0] for code in offered}:
        raise Invalid(_("Choose one of the languages."), field="language")
    return chosen


def postcode(typed: str, *, country: str = "") -> str:
    """Return the postcode of a country (the shop's where none is named), Polish ones as 00-000. Raises Invalid."""
    country, cleaned = country or countries.default(), typed.strip()
    if country != "PL":
        return _foreign_postcode(cleaned.upper(), country)
    if re.fullmatch(r"[0-9]{5}", cleaned):
        cleaned = f"{cleaned[:2]}-{cleaned[2:]}"
    if not _POSTCODE_PL.fullmatch(cleaned):
        raise Invalid(_("A Polish postcode looks like 30-415."), field="postcode")
    return cleaned


def _foreign_postcode(typed: str, country: str) -> str:
    if not countries.has_postcode(country):
        return optional(typed, field="postcode", limit=12)
    cleaned = required(typed, field="postcode", text=_("Enter a postcode."), limit=12)
    if not countries.is_postcode(cleaned, country):
        words = {"typed": cleaned, "country": countries.name_of(country)}
        raise Invalid(_("“%(typed)s” is not a valid postcode (country: %(country)s).") % words, field="postcode")
    return cleaned


_MOST = Decimal("999999999.99")


def limit(wanted: Limit | None) -> Limit | None:
    """Return a limit with two decimal places; None stays "no limit". Raises Invalid."""
    if wanted is None:
        return None
    if not wanted.amount.is_finite() or not 0 <= wanted.amount <= _MOST:
        raise Invalid(_("Enter an amount from 0 to %(most)s.") % {"most": _MOST}, field="amount")
    if wanted.amount != round(wanted.amount, 2):
        raise Invalid(_("An amount has two decimal places at most."), field="amount")
    if not re.fullmatch(r"[A-Z]{3}", wanted.currency):
        raise Invalid(_("Choose a currency."), field="currency")
    return Limit(amount=wanted.amount.quantize(Decimal("0.01")), currency=wanted.currency, basis=wanted.basis)
