"""How people are called, written to, and where they sit."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import FilteredRelation, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from akcept.kernel.amounts import Limit
from akcept.organizations.gate import SEEING
from akcept.organizations.mailing import MailChoices, MailReader, Topic
from akcept.organizations.models import (
    Member,
    Organization,
    Profile,
)
from akcept.organizations.pseudonyms import shown
from akcept.organizations.seats import Person, UnitRef


def name_of(user: object) -> str:
    """Return a person's name as shown to colleagues; the e-mail address where no name was given."""
    full = f"{getattr(user, 'first_name', '')} {getattr(user, 'last_name', '')}".strip()
    return shown(full) or str(getattr(user, "email", ""))


def person_of(member: Member, *, stands_for: str = "") -> Person:
    """Return a member as others are told of them."""
    return Person(
        member_id=member.pk,
        user_id=member.user_id,
        name=name_of(member.user),
        email=member.user.email,
        unit_name=member.unit.name,
        stands_for=stands_for,
    )


def acting_name(name: str, stands_for: str) -> str:
    """Return who acted, in the active language: "Ewa Dąbrowska", or "Ewa Dąbrowska for Ben Nowak"."""
    if not stands_for:
        return shown(name)
    return _("%(name)s for %(absent)s") % {"name": shown(name), "absent": shown(stands_for)}


def names_of_members(member_ids: Collection[int]) -> dict[int, str]:
    """Return the names of members, whether or not they still are; one statement, none for nobody."""
    if not member_ids:
        return {}
    return {
        member.pk: name_of(member.user) for member in Member.objects.filter(pk__in=member_ids).select_related("user")
    }


def units_of_members(member_ids: Collection[int]) -> dict[int, UnitRef]:
    """Return where members are seated; one statement, none for nobody."""
    if not member_ids:
        return {}
    rows = Member.objects.filter(pk__in=set(member_ids)).values_list("pk", "unit_id", "unit__name", "unit__path")
    return {pk: UnitRef(unit_id=unit_id, name=name, path=path) for pk, unit_id, name, path in rows}


def accounts_of(member_ids: Collection[int]) -> list[int]:
    """Return the accounts of those members who still are, in the members' order; one statement, none for nobody."""
    found = Member.objects.filter(pk__in=member_ids, active=True, user__is_active=True).order_by("pk")
    return list(found.values_list("user_id", flat=True)) if member_ids else []


def limits_of(member_ids: Collection[int]) -> list[tuple[Limit, ...]]:
    """Return how far each member's acceptance reaches, former ones' too, none means without limit; one statement."""
    return [member.limits for member in Member.objects.filter(pk__in=member_ids)]


def language_of(user_id: int | None) -> str:
    """Return the language mails to that person are written in; the shop's default where none was chosen."""
    return chosen_language(user_id) or _shops_language()


def chosen_language(user_id: int | None) -> str:
    """Return the language that person has chosen for mails, "" where none was."""
    if user_id is None:
        return ""
    return Profile.objects.filter(user_id=user_id).values_list("language", flat=True).first() or ""


def _shops_language() -> str:
    return str(settings.LANGUAGE_CODE).split("-")[0]


def mail_readers(user_ids: Collection[int], organization_ids: Collection[int]) -> dict[tuple[int, int], MailReader]:
    """Return who is written to, by account and organisation, 0 for none; one statement.

    An organisation whose member an account never was is not among them.
    """
    profile = ("akcept_profile__language", "akcept_profile__muted", "akcept_profile__daily_mail")
    member = FilteredRelation("memberships", condition=Q(memberships__organization__in=organization_ids))
    rows = get_user_model().objects.filter(pk__in=user_ids).annotate(here=member)
    found: dict[tuple[int, int], MailReader] = {}
    own = Organization.objects.filter(pk=OuterRef("here__organization_id"))
    rows = rows.annotate(by_right=Subquery(own.values("prices_by_right")[:1]))
    here = ("here__organization_id", "here__active", "by_right", *(f"here__{right.value}" for right in SEEING))
    for row in rows.values_list("pk", "email", "is_active", *profile, *here):
        user_id, email, active, language, muted, daily, organization_id, belongs, by_right, *rights = row
        reader = MailReader(
            email=email,
            language=language or _shops_language(),
            choices=_choices(muted or (), daily=bool(daily)),
            closed=not (active and email),
            belongs=bool(belongs),
            sees_prices=not by_right or any(rights),
        )
        found[user_id, organization_id or 0] = reader
        found[user_id, 0] = reader
    return found


def mail_choices_of(user_id: int) -> MailChoices:
    """Return which mails that person wants, all of them at once where nothing was chosen; one statement."""
    found = Profile.objects.filter(user_id=user_id).values_list("muted", "daily_mail").first()
    if found is None:
        return MailChoices()
    return _choices(found[0], daily=found[1])


def _choices(muted: Iterable[str], *, daily: bool) -> MailChoices:
    known = {topic.value for topic in Topic}
    return MailChoices(muted=frozenset(Topic(name) for name in muted if name in known), daily=daily)
