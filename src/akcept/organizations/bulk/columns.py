"""The columns of the files (pure but for its texts): what each is called in either language, and what stands in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from akcept.kernel.typed import same


class Kind(StrEnum):
    """What a file is about."""

    UNITS = "units"
    MEMBERS = "members"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column; either heading is understood in whatever language the shop is read, and so is its code."""

    code: str
    english: str
    polish: str
    required: bool = False
    #: Whether a word may clear what is there; an empty cell never does.
    clearable: bool = False
    explained: Any

    def heading(self, language: str) -> str:
        """Return the heading written into files."""
        return self.polish if language.startswith("pl") else self.english


ACTIVE: Final = {"english": "active", "polish": "aktywny"}
DEACTIVATED: Final = {"english": "deactivated", "polish": "wyłączony"}
INVITED: Final = {"english": "invited", "polish": "zaproszony"}

COLUMNS: Final[dict[Kind, tuple[Column, ...]]] = {
    Kind.UNITS: (
        Column(
            code="code",
            english="Code",
            polish="Kod",
            required=True,
            explained=_("Identifies the unit: a known code updates that unit, a new one adds a unit."),
        ),
        Column(code="name", english="Name", polish="Nazwa", required=True, explained=_("The unit's name.")),
        Column(
            code="parent",
            english="Belongs to",
            polish="Należy do",
            required=True,
            explained=_("Code of the unit above, in this file or there already. Empty for the head office only."),
        ),
        Column(
            code="cost_centre",
            english="Cost centre",
            polish="Centrum kosztów",
            clearable=True,
            explained=_("Your own."),
        ),
        Column(
            code="recipient",
            english="Recipient",
            polish="Odbiorca",
            explained=_("Of the default delivery address. A new unit needs one."),
        ),
        Column(
            code="line1", english="Street and number", polish="Ulica i numer", explained=_("Of the delivery address.")
        ),
        Column(code="postcode", english="Postcode", polish="Kod pocztowy", explained=_("Such as 30-415.")),
        Column(code="city", english="Town", polish="Miejscowość", explained=_("Of the delivery address.")),
        Column(code="phone", english="Phone", polish="Telefon", clearable=True, explained=_("For the courier.")),
    ),
    Kind.MEMBERS: (
        Column(
            code="email",
            english="E-mail",
            polish="E-mail",
            required=True,
            explained=_("Identifies the person: a known address updates that member, a new one is invited."),
        ),
        Column(
            code="first_name",
            english="First name",
            polish="Imię",
            clearable=True,
            explained=_("For the invitation; members change their names themselves."),
        ),
        Column(
            code="last_name", english="Last name", polish="Nazwisko", clearable=True, explained=_("As the first name.")
        ),
        Column(
            code="unit", english="Unit", polish="Oddział", required=True, explained=_("Code of the unit, not its name.")
        ),
        Column(
            code="roles",
            english="Roles",
            polish="Role",
            clearable=True,
            explained=_("Names of roles, separated by commas. Additional permissions stay."),
        ),
        Column(
            code="language",
            english="Language",
            polish="Język",
            explained=_("Of the invitation: pl or en. Default: the language you read the shop in."),
        ),
        Column(
            code="status",
            english="Status",
            polish="Stan",
            explained=_("active, deactivated or invited."),
        ),
    ),
}


def by_heading(columns: Iterable[Column]) -> dict[str, Column]:
    """Return the columns by everything their heading may be."""
    return {folded(name): column for column in columns for name in (column.code, column.english, column.polish)}


def folded(heading: str) -> str:
    """Return a heading without what does not matter: capitals, needless blanks, how letters are made up, a star."""
    return same(heading.replace("*", " "))


def status_of(cell: str) -> str | None:
    """Return "active", "deactivated" or "invited" for what a cell says, "" for nothing, None for anything else."""
    said = same(cell)
    if not said:
        return ""
    return next((one["english"] for one in (ACTIVE, DEACTIVATED, INVITED) if said in one.values()), None)


def status_text(status: str, language: str) -> str:
    """Return "active", "deactivated" or "invited" as files in that language say it."""
    spoken = "polish" if language.startswith("pl") else "english"
    return next((one[spoken] for one in (ACTIVE, DEACTIVATED, INVITED) if one["english"] == status), status)


def joined(names: Iterable[str]) -> str:
    """Return names as a cell lists them."""
    return ", ".join(names)
