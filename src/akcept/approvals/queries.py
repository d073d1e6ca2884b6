"""Reads of an organisation's rules and terms, and of who could be asked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from akcept.approvals import drafts, expressions
from akcept.approvals.conditions import Among, Expression, Group, Unread
from akcept.approvals.deadends import DeadEnd, Place, dead_ends, left_behind
from akcept.approvals.facts import Acceptor
from akcept.approvals.models import PolicyVersion, Selector, Terms
from akcept.approvals.rules import NO_POLICY, Policy, Rule, rule_from
from akcept.approvals.standing import terms_for
from akcept.approvals.states import OPEN
from akcept.kernel.actor import Actor
from akcept.kernel.errors import NotFound
from akcept.kernel.paging import PAGE_SIZE, Page, key_of, page_of
from akcept.organizations import policies
from akcept.organizations import queries as organizations
from akcept.organizations.asking import AskKind
from akcept.organizations.models import Member, Organization, Role, Unit
from akcept.organizations.paths import ancestors_of
from akcept.organizations.permissions import Permission
from akcept.organizations.queries.units import depth_first
from akcept.organizations.seats import Seat

CHECKED_RULES = 200


# --- rules in force ---


def policy_of(organization_id: int) -> Policy:
    """Return an organisation's rules in force; one statement, one more when this process has not read them yet."""
    latest = PolicyVersion.objects.filter(organization_id=organization_id).order_by("-number")
    found = latest.values_list("number", "digest").first()
    return NO_POLICY if found is None else _policy(organization_id, *found)


def in_force(organization_id: int, *, also: Mapping[str, Exists]) -> tuple[Policy, Terms, dict[str, bool]]:
    """Return an organisation's rules and terms in force, and the answers to more questions; as `policy_of`.

    What `also` asks goes into the same statement, for whoever must not afford one of its own.
    """
    latest = PolicyVersion.objects.filter(organization=OuterRef("pk")).order_by("-number")
    organization = (
        Organization.objects.filter(pk=organization_id)
        .select_related("acceptance_terms")
        .annotate(number=Subquery(latest.values("number")[:1]), digest=Subquery(latest.values("digest")[:1]), **also)
        .only("pk", "acceptance_terms")
        .get()
    )
    number, digest = organization.number, organization.digest
    policy = NO_POLICY if number is None or digest is None else _policy(organization_id, number, digest)
    terms: Terms | None = getattr(organization, "acceptance_terms", None)
    answers = {name: bool(getattr(organization, name)) for name in also}
    return policy, terms or Terms(organization_id=organization_id), answers


def policy_at(organization_id: int, number: int | None) -> Policy:
    """Return the rules of one version, none for None; statements as `policy_of`. Raises NotFound."""
    if number is None:
        return NO_POLICY
    wanted = PolicyVersion.objects.filter(organization_id=organization_id, number=number)
    digest = wanted.values_list("digest", flat=True).first()
    if digest is None:
        raise NotFound(_("There is no such version of the rules."))
    return _policy(organization_id, number, digest)


def _policy(organization_id: int, number: int, digest: str) -> Policy:
    return _compiled(digest, number, _Source(organization_id))


class _Source:
    """Where rules are read that are not compiled yet; all sources are equal, so that only the digest is a key."""

    def __init__(self, organization_id: int) -> None:
        self.organization_id = organization_id

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Source)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=256)
def _compiled(digest: str, number: int, source: _Source) -> Policy:
    """Compile rules once a process: a version never changes, and equal digests are equal rules."""
    rows = PolicyVersion.objects.values_list("rules", flat=True).get(
        organization_id=source.organization_id, number=number
    )
    return Policy(map(rule_from, rows), version=number)


# --- who could be asked ---


def acceptors_of(
    organization_id: int, *, unit_path: str | None = None, member_ids: Collection[int] = ()
) -> list[Acceptor]:
    """Return who may accept orders: of one unit (and those named beside), or with None of any; one statement."""
    found = Member.objects.filter(
        organization_id=organization_id, active=True, accept_orders=True, user__is_active=True
    ).select_related("user", "unit")
    if unit_path is not None:
        found = found.filter(Q(unit__path__in=ancestors_of(unit_path)) | Q(pk__in=member_ids))
    return [acceptor_of(member) for member in found.order_by("pk")]


def acceptor_of(member: Member) -> Acceptor:
    """Return a member who may accept, read with user and unit, as rules look at one."""
    return Acceptor(
        member_id=member.pk,
        name=organizations.name_of(member.user),
        unit_id=member.unit_id,
        unit_name=member.unit.name,
        unit_path=member.unit.path,
        role_ids=frozenset(member.role_ids),
        limits=member.limits,
        places_orders=member.place_orders,
    )


def places_of(organization_id: int, *, below: str) -> list[Place]:
    """Return the open units at and below a path, for the search for dead ends; one statement."""
    rows = Unit.objects.filter(organization_id=organization_id, path__startswith=below, closed_at=None)
    return [Place(name=name, path=path) for name, path in rows.order_by("path").values_list("name", "path")]


# --- dead ends ---


def dead_ends_of(rule: Rule, seat: Seat) -> list[DeadEnd]:
    """Return where a rule leads nowhere as things are now; three statements."""
    terms = terms_for(seat.organization_id)
    return dead_ends(
        rule,
        places_of(seat.organization_id, below=seat.unit_path),
        acceptors_of(seat.organization_id),
        self_acceptance=terms.self_acceptance,
        asks_once=terms.skip_already_accepted,
    )


def ends_left_behind(former: Rule, before: Sequence[Rule], after: Sequence[Rule], seat: Seat) -> list[DeadEnd]:
    """Return where orders lead nowhere that a rule took before a change of the rules; three statements."""
    terms = terms_for(seat.organization_id)
    return left_behind(
        former,
        before,
        after,
        places_of(seat.organization_id, below=seat.unit_path),
        acceptors_of(seat.organization_id),
        self_acceptance=terms.self_acceptance,
        asks_once=terms.skip_already_accepted,
    )


def ends_of_other_terms(seat: Seat, *, self_acceptance: bool, asks_once: bool) -> list[DeadEnd]:
    """Return where the rules in force would lead nowhere under other terms and do not under today's.

    Who may accept their own orders, and whether somebody is asked again, decides who is left for a step, and whose
    limit has to reach: that of the last one. As `policy_of`, three statements more.
    """
    terms = terms_for(seat.organization_id)
    places, people = places_of(seat.organization_id, below=seat.unit_path), acceptors_of(seat.organization_id)
    rules = policy_of(seat.organization_id).rules

    def ends(own: bool, once: bool) -> list[DeadEnd]:
        return [
            replace(end, rule=rule.name)
            for rule in rules
            for end in dead_ends(rule, places, people, self_acceptance=own, asks_once=once)
        ]

    # The number of a step is not what makes a dead end another one.
    standing = {replace(end, step=0) for end in ends(terms.self_acceptance, terms.skip_already_accepted)}
    return [end for end in ends(self_acceptance, asks_once) if replace(end, step=0) not in standing]


def rules_leading_nowhere(actor: Actor) -> list[tuple[Rule, list[DeadEnd]]]:
    """Return the rules in force that leave some orders with nobody, as things are now. Raises NotAllowed.

    The first 200 rules, for the actor's units; a constant number of statements.
    """
    seat = _reader(actor)
    terms = terms_for(seat.organization_id)
    places = places_of(seat.organization_id, below=seat.unit_path)
    people = acceptors_of(seat.organization_id)
    own, once = terms.self_acceptance, terms.skip_already_accepted
    found = (
        (rule, dead_ends(rule, places, people, self_acceptance=own, asks_once=once))
        for rule in policy_of(seat.organization_id).rules[:CHECKED_RULES]
    )
    return [(rule, ends) for rule, ends in found if ends]


# --- the editor's pages ---


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRules:
    """The rules that hang on one unit, in their order; `editable` where the actor's right reaches."""

    unit: Unit
    rules: tuple[Rule, ...]
    editable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBook:
    """What the list of rules shows: `inherited` bind the actor's unit from above, `own` are theirs to change."""

    seat: Seat
    #: 0 before the first rule; whoever changes something names it.
    number: int
    groups: tuple[UnitRules, ...]
    #: Rules of units that are closed: they bind nobody.
    orphans: tuple[Rule, ...]
    #: By the id of an active rule: why an expression of its is not worked out, so that it asks in doubt.
    untold: Mapping[int, str]


def policy_maker(actor: Actor) -> Seat:
    """Return the seat of somebody who manages rules. Raises NotAllowed."""
    return policies.require_permission(organizations.seat_of(actor), Permission.MANAGE_POLICIES)


def _reader(actor: Actor) -> Seat:
    """Return the seat of somebody who manages rules, also while the shop blocks the organisation."""
    return policies.require_sight(organizations.seat_of(actor), Permission.MANAGE_POLICIES)


def rule_book(actor: Actor) -> RuleBook:
    """Return the rules that concern the actor's unit and those below, head office first. Raises NotAllowed.

    A constant number of statements.
    """
    seat = _reader(actor)
    policy = policy_of(seat.organization_id)
    units = _open_units(seat.organization_id)
    seen = [unit for unit in units if unit.path.startswith(seat.unit_path) or seat.unit_path.startswith(unit.path)]
    groups = [
        UnitRules(
            unit=unit,
            rules=tuple(rule for rule in policy.rules if rule.unit_id == unit.pk),
            editable=seat.covers(unit.path),
        )
        for unit in seen
    ]
    known = {unit.pk for unit in units}
    return RuleBook(
        seat=seat,
        number=policy.version or 0,
        groups=tuple(group for group in groups if group.rules),
        orphans=tuple(rule for rule in policy.rules if rule.unit_id not in known) if seat.at_head_office else (),
        untold=_untold(policy),
    )


def _untold(policy: Policy) -> dict[int, str]:
    """Return, by the id of the rule, why an expression in an active one is not worked out."""
    found: dict[int, str] = {}
    for rule in policy.in_force:
        for condition in rule.conditions:
            if isinstance(condition, Unread):
                limit = {"limit": expressions.EXPRESSION_LIMIT}
                found[rule.id] = _("There are more than %(limit)d expressions in your organisation's rules.") % limit
            elif isinstance(condition, Expression) and (fault := expressions.fault(condition.text)) is not None:
                found[rule.id] = drafts.why_not(fault)
    return found


def _open_units(organization_id: int) -> list[Unit]:
    """Return an organisation's open units in tree order; one statement."""
    return depth_first(list(Unit.objects.filter(organization_id=organization_id, closed_at=None)))


def rule_to_edit(actor: Actor, rule_id: int) -> tuple[Rule, int]:
    """Return one rule the actor may change, and the version it is of. Raises NotAllowed, NotFound."""
    seat = policy_maker(actor)
    policy = policy_of(seat.organization_id)
    rule = next((rule for rule in policy.rules if rule.id == rule_id), None)
    if rule is None or not _reaches(seat, rule.unit_id):
        raise NotFound(_("There is no such rule, or it is not yours to change."))
    return rule, policy.version or 0


def _reaches(seat: Seat, unit_id: int) -> bool:
    own = Unit.objects.filter(organization_id=seat.organization_id, pk=unit_id)
    return own.filter(path__startswith=seat.unit_path).exists()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a rule's form offers: never somebody inactive, and nobody who may not accept as one to be asked."""

    seat: Seat
    units: tuple[Unit, ...]
    #: For conditions: every unit of the actor's own branch.
    roles: tuple[Role, ...]
    acceptors: tuple[Acceptor, ...]
    #: Their addresses, by member.
    emails: Mapping[int, str]


def choices(actor: Actor) -> Choices:
    """Return what a rule's form offers this actor; a constant number of statements. Raises NotAllowed."""
    seat = policy_maker(actor)
    units = organizations.units_to_manage(actor, Permission.MANAGE_POLICIES)
    roles = Role.objects.filter(organization_id=seat.organization_id).order_by("name")
    acceptors = acceptors_of(seat.organization_id)
    near = sorted(acceptors, key=lambda person: (not _is_near(person, seat), person.name.casefold()))
    emails = dict(
        Member.objects.filter(organization_id=seat.organization_id, accept_orders=True).values_list("pk", "user__email")
    )
    return Choices(seat=seat, units=tuple(units), roles=tuple(roles), acceptors=tuple(near), emails=emails)


def _is_near(person: Acceptor, seat: Seat) -> bool:
    return person.unit_path.startswith(seat.unit_path) or seat.unit_path.startswith(person.unit_path)


def versions(actor: Actor, *, after: str = "", size: int = PAGE_SIZE) -> Page[PolicyVersion]:
    """Return what changed in the rules, latest first; a constant number of statements.

    Head office only: a version holds every branch's rules. Raises NotAllowed.
    """
    seat = policies.require_head_office(_reader(actor))
    found = PolicyVersion.objects.filter(organization_id=seat.organization_id).defer("rules").order_by("-number")
    if (key := key_of(after)) is not None:
        found = found.filter(number__lt=key)
    rows = list(found[: size + 1])
    return page_of(rows, [str(row.number) for row in rows], size=size, is_first=key is None)


def version(actor: Actor, number: int) -> tuple[PolicyVersion, tuple[Rule, ...], Mapping[int, str]]:
    """Return one version with its rules and the names of their units. Raises NotAllowed, NotFound."""
    seat = policies.require_head_office(_reader(actor))
    found = PolicyVersion.objects.filter(organization_id=seat.organization_id, number=number).first()
    if found is None:
        raise NotFound(_("There is no such version of the rules."))
    rules = tuple(map(rule_from, found.rules))
    return found, rules, unit_names(seat.organization_id, (rule.unit_id for rule in rules))


def rules_within(unit: Unit) -> organizations.Several:
    """Return the rules set for a unit or one below it, in their order; two statements."""
    below = Unit.objects.filter(organization_id=unit.organization_id, path__startswith=unit.path)
    ids = set(below.values_list("pk", flat=True))
    names = tuple(rule.name for rule in policy_of(unit.organization_id).rules if rule.unit_id in ids)
    return organizations.Several(count=len(names), names=names[: organizations.NAMES_SHOWN])


def needing_role(role: Role) -> list[str]:
    """Return in words the rules in force that name a role, and the first waiting orders asked of it; two statements."""
    rules = [rule.name for rule in policy_of(role.organization_id).rules if _names_role(rule, role.pk)]
    waiting = Selector.objects.filter(role=role, case__state__in=[state.value for state in OPEN])
    numbers = waiting.order_by("case__order_id").values_list("case__order__number", flat=True).distinct()[:3]
    return [
        *(_("the rule “%(rule)s” names it") % {"rule": name} for name in rules),
        *(_("order %(number)s waits for it") % {"number": number} for number in numbers),
    ]


def _names_role(rule: Rule, role_id: int) -> bool:
    asked = any(ask.kind is AskKind.ROLE and ask.id == role_id for step in rule.steps for ask in step.asks)
    among = (each for each in rule.conditions if isinstance(each, Among) and each.kind is Group.ROLE)
    return asked or any(named.id == role_id for each in among for named in each.of)


def unit_names(organization_id: int, unit_ids: Iterable[int]) -> dict[int, str]:
    """Return the names of units, closed ones too; one statement."""
    own = Unit.objects.filter(organization_id=organization_id, pk__in=set(unit_ids))
    return dict(own.values_list("pk", "name"))


def terms(actor: Actor) -> Terms:
    """Return the organisation's terms for their page. Raises NotAllowed (head office only)."""
    seat = policies.require_head_office(policy_maker(actor))
    return terms_for(seat.organization_id)


def asks_once(actor: Actor) -> bool:
    """Return whether nobody is asked twice in the actor's organisation; True outside of one. Two statements."""
    seat = organizations.seat_of(actor)
    return seat is None or terms_for(seat.organization_id).skip_already_accepted


def members_by_email(organization_id: int, emails: Sequence[str]) -> dict[str, Member]:
    """Return the active members with these addresses, by address in lower case; one statement."""
    wanted = {email.strip().lower() for email in emails}
    found = Member.objects.filter(
        organization_id=organization_id, active=True, user__is_active=True, user__email__in=wanted
    ).select_related("user")
    return {str(member.user.email).lower(): member for member in found}


def emails_of(organization_id: int, member_ids: Collection[int]) -> dict[int, str]:
    """Return the addresses of active members; one statement."""
    own = Member.objects.filter(organization_id=organization_id, active=True, user__is_active=True, pk__in=member_ids)
    return dict(own.values_list("pk", "user__email"))
