"""Rules in force, and those of any version, compiled once a process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from django.db.models import BigIntegerField, Field, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from akcept.approvals.models import PolicyVersion, Terms
from akcept.approvals.rules import NO_POLICY, Policy, rule_from
from akcept.kernel.errors import NotFound
from akcept.organizations.models import Organization
from akcept.transactions.compiled import Compiled


def policy_of(organization_id: int) -> Policy:
    """Return an organisation's rules in force; one statement, one more when this process has not read them yet."""
    latest = PolicyVersion.objects.filter(organization_id=organization_id).order_by("-number")
    found = latest.values_list("number", "digest").first()
    return NO_POLICY if found is None else _policy(organization_id, *found)


class InForce:
    """An organisation's rules and terms in force, read together with answers to more questions."""

    def __init__(self, beside: Callable[..., Mapping[str, Any]], **fields: Field[Any, Any]) -> None:
        """`beside` returns conditions that go into the same statement, for whoever must not afford one of its own.

        It is given placeholders for the organisation and for the values of `fields`, as `Compiled` says.
        """

        def written(*, organization_id: Any, **values: Any) -> QuerySet[Organization]:
            return _organization(organization_id, beside(organization_id=organization_id, **values))

        self._read = Compiled(written, organization_id=BigIntegerField(), **fields)

    def __call__(self, organization_id: int, **values: Any) -> tuple[Policy, Terms, Any]:
        """Return rules, terms and a row with an attribute for each answer; statements as `policy_of`."""
        (organization,) = self._read(organization_id=organization_id, **values)
        found: Any = organization
        number, digest = found.number, found.digest
        policy = NO_POLICY if number is None or digest is None else _policy(organization_id, number, digest)
        terms: Terms | None = getattr(organization, "acceptance_terms", None)
        return policy, terms or Terms(organization_id=organization_id), found


def _organization(key: Any, beside: Mapping[str, Any]) -> QuerySet[Organization]:
    latest = PolicyVersion.objects.filter(organization=OuterRef("pk")).order_by("-number")
    return (
        Organization.objects.filter(pk=key)
        .select_related("acceptance_terms")
        .annotate(number=Subquery(latest.values("number")[:1]), digest=Subquery(latest.values("digest")[:1]), **beside)
        .only("pk", "acceptance_terms")
    )


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
