"""What may be typed about an organisation (pure): each returns the cleaned value, or refuses with field and reason."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _
from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.pl import nip as _nip

from akcept.kernel.errors import Invalid

_POSTCODE_PL = re.compile(r"^\d{2}-\d{3}$")


def nip(typed: str) -> str:
    """Return ten digits of a Polish tax number typed with or without PL, dashes and blanks. Raises Invalid."""
    try:
        return str(_nip.validate(typed))
    except InvalidChecksum:
        raise Invalid(_("This NIP has a wrong check digit: please compare it with your papers."), field="nip") from None
    except ValidationError:
        raise Invalid(_("A NIP has ten digits, for example 526-000-12-46."), field="nip") from None


def required(typed: str, *, field: str, text: object) -> str:
    """Return the text without blanks around it. Raises Invalid when nothing is left."""
    if not (cleaned := " ".join(typed.split())):
        raise Invalid(text, field=field)
    return cleaned


def postcode(typed: str, *, country: str = "PL") -> str:
    """Return the postcode; Polish ones as 00-000, also when typed as five digits. Raises Invalid."""
    cleaned = typed.strip()
    if country != "PL":
        return required(cleaned, field="postcode", text=_("Enter a postcode."))
    if re.fullmatch(r"\d{5}", cleaned):
        cleaned = f"{cleaned[:2]}-{cleaned[2:]}"
    if not _POSTCODE_PL.match(cleaned):
        raise Invalid(_("A Polish postcode looks like 30-415."), field="postcode")
    return cleaned
