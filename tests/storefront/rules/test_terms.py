"""The page of the terms."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from akcept.approvals.models import Terms
from akcept.approvals.rules import RuleStep
from akcept.organizations.asking import Ask, AskKind
from akcept.testing.cast import Cast, Person, person
from tests.conftest import Visit
from tests.storefront.rules.writing import rule, text_of

pytestmark = pytest.mark.django_db


def test_terms_are_kept_and_bad_ones_told(cast: Cast, dora: Client) -> None:
    data = {
        "version": "1",
        "remind_after_days": "1",
        "escalate_after_days": "",
        "expire_after_days": "10",
        "self_acceptance": "on",
        "mail_link_login_above": "1000.50",
    }
    assert dora.post("/organization/terms/", data).status_code == 302
    stored = Terms.objects.get(organization=cast.acme)
    assert (stored.remind_after_days, stored.escalate_after_days, stored.expire_after_days) == (1, None, 10)
    assert (stored.self_acceptance, stored.mail_links, stored.mail_link_login_above) == (
        True,
        False,
        Decimal("1000.50"),
    )
    stale = dora.post("/organization/terms/", data)
    assert (stale.status_code, "Somebody has changed this since" in text_of(stale)) == (409, True)
    bad = dora.post("/organization/terms/", {**data, "version": "2", "remind_after_days": "12"})
    assert (bad.status_code, "only after the order has expired" in text_of(bad)) == (422, True)
    assert 'value="12"' in text_of(bad)


def test_somebody_of_the_wrong_branch_cannot_change_terms(cast: Cast, visit: Visit) -> None:
    greta: Person = person("Greta", "Branch", seat=cast.krakow, rights="manage_policies")
    assert visit(greta).post("/organization/terms/", {"version": "1"}).status_code == 403
    assert not Terms.objects.exists()


def test_terms_page_names_what_needs_self_acceptance(cast: Cast, dora: Client) -> None:
    Terms.objects.create(organization=cast.acme, self_acceptance=True)
    only_ben = RuleStep(asks=(Ask(kind=AskKind.MEMBER, id=cast.ben.member.pk),))
    rule(cast, unit_id=cast.krakow.pk, steps=(only_ben,))
    typed = {"version": "1", "remind_after_days": "3"}
    text = text_of(dora.post("/organization/terms/", typed))
    assert "Rule “Big orders”. Step 1: orders that Ben Nowak places" in text
    assert 'value="3"' in text
    seal = text.partition('name="confirmed" value="')[2].partition('"')[0]
    assert dora.post("/organization/terms/", {**typed, "confirmed": seal}).status_code == 302
    assert not Terms.objects.get().self_acceptance
