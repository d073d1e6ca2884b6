"""What this room holds of a member: account, membership, roles, invitations, substitutions, acts in the journal."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils.translation import gettext as _

from akcept.journal import queries as journal
from akcept.organizations.labels import LABELS, role_name
from akcept.organizations.models import ImportDraft, Invitation, Member, Profile, Substitution
from akcept.organizations.personal_data import Erasure, Holding, Section, Subject
from akcept.organizations.pseudonyms import address_of
from akcept.organizations.queries import language_of, mail_choices_of, name_of
from akcept.organizations.wording import limits
from akcept.transactions.locking import lock


def export(subject: Subject) -> Sequence[Section]:
    """Return account, membership, invitations, substitutions and acts; nine statements."""
    member = Member.objects.select_related("user", "unit", "organization").get(pk=subject.member_id)
    return (
        _account(member),
        _membership(member),
        _invitations(member),
        _substitutions(member),
        _acts(subject),
    )


def _account(member: Member) -> Section:
    user = member.user
    choices = mail_choices_of(user.pk)
    return Section(
        code="account",
        title=_("Account"),
        columns=(
            ("name", _("Name")),
            ("email", _("E-mail")),
            ("language", _("E-mail language")),
            ("mails", _("Muted e-mails")),
            ("daily", _("One e-mail a day")),
            ("date_joined", _("Account since")),
            ("last_login", _("Last log-in")),
        ),
        rows=(
            (
                name_of(user),
                user.email,
                language_of(user.pk),
                ", ".join(sorted(choices.muted)),
                choices.daily,
                user.date_joined,
                user.last_login,
            ),
        ),
    )


def _membership(member: Member) -> Section:
    return Section(
        code="membership",
        title=_("Membership"),
        columns=(
            ("organization", _("Organisation")),
            ("unit", _("Unit")),
            ("joined_at", _("Joined")),
            ("active", _("Active")),
            ("removed_at", _("Removed")),
            ("roles", _("Roles")),
            ("permissions", _("Permissions")),
            ("accepts_up_to", _("Accepts up to")),
        ),
        rows=(
            (
                member.organization.name,
                member.unit.name,
                member.joined_at,
                member.active,
                member.removed_at,
                ", ".join(sorted(role_name(role.name) for role in member.roles.all())),
                ", ".join(str(LABELS[permission]) for permission in sorted(member.permissions)),
                limits(member.limits),
            ),
        ),
    )


def _invitations_of(member: Member) -> Q:
    return Q(member=member) | Q(email__iexact=member.user.email)


def _invitations(member: Member) -> Section:
    found = Invitation.objects.filter(_invitations_of(member), organization_id=member.organization_id)
    return Section(
        code="invitations",
        title=_("Invitations"),
        columns=(
            ("email", _("E-mail")),
            ("first_name", _("First name")),
            ("last_name", _("Last name")),
            ("created_at", _("Invited")),
            ("accepted_at", _("Accepted")),
        ),
        rows=tuple(found.order_by("id").values_list("email", "first_name", "last_name", "created_at", "accepted_at")),
    )


def _substitutions(member: Member) -> Section:
    found = (
        Substitution.objects.filter(Q(absent=member) | Q(substitute=member))
        .select_related("absent__user", "substitute__user")
        .order_by("id")
    )
    return Section(
        code="substitutions",
        title=_("Substitutes"),
        columns=(
            ("absent", _("Who is away")),
            ("substitute", _("Who decides in the meantime")),
            ("starts_at", _("From")),
            ("ends_at", _("Until")),
        ),
        rows=tuple(
            (name_of(row.absent.user), name_of(row.substitute.user), row.starts_at, row.ended_at or row.ends_at)
            for row in found
        ),
    )


def _acts(subject: Subject) -> Section:
    return Section(
        code="acts",
        title=_("What was done"),
        columns=(("at", _("When")), ("topic", _("What")), ("subject", _("Concerning")), ("detail", _("Detail"))),
        rows=tuple(
            (entry.at, entry.topic, f"{entry.subject_type} {entry.subject_id}", entry.payload)
            for entry in journal.acts_of(subject.organization_id, subject.account_id)
        ),
    )


def hold(subject: Subject) -> None:
    """Lock the invitations, substitutions and the account that `erase` and the action change."""
    member = Member.objects.select_related("user").get(pk=subject.member_id)
    invitations = Invitation.objects.filter(_invitations_of(member), organization_id=member.organization_id)
    list(lock(invitations.order_by("pk").only("pk")))
    list(lock(Substitution.objects.filter(organization_id=member.organization_id).order_by("pk").only("pk")))
    list(lock(get_user_model().objects.filter(pk=subject.account_id).only("pk")))


def erase(erasure: Erasure) -> None:
    """Take the names out of invitations, substitutions and uploads; the account itself is the action's to empty."""
    member = Member.objects.select_related("user").get(pk=erasure.subject.member_id)
    invitations = Invitation.objects.filter(_invitations_of(member), organization_id=member.organization_id)
    invitations.update(email=address_of(member.pk), first_name="", last_name="")
    for name in erasure.names:
        Substitution.objects.filter(organization_id=member.organization_id, created_by=name).update(
            created_by=erasure.alias
        )
    for draft in ImportDraft.objects.filter(organization_id=member.organization_id):  # uploads of the last day
        if draft.member_id == member.pk or erasure.cleaned(str(draft.rows)) != str(draft.rows):
            draft.delete()
    if erasure.whole_account:
        Profile.objects.filter(user_id=member.user_id).delete()


HOLDING = Holding(name="organizations", export=export, erase=erase, lock=hold)
