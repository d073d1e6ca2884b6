"""What ends a link that decides by mail, and what does not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from akcept.approvals.models import Case, Decision, Terms
from akcept.kernel.clock import utc_now
from akcept.ordering import actions
from akcept.ordering.actions import Placed
from akcept.ordering.mail_links import LIFE
from akcept.ordering.models import MailLink
from akcept.organizations import actions as organization_actions
from akcept.organizations.models import Member, Organization, Profile, Substitution
from akcept.testing import orders
from akcept.testing.cast import Cast
from tests.conftest import Visit
from tests.storefront.orders.test_by_mail import _mailed, _post, _text, _undecided


@pytest.fixture(autouse=True)
def _fresh(mailoutbox: list[Any]) -> None:
    cache.clear()


# --- what kills it ---


def test_link_works_once(cast: Cast, waiting: Placed, link: str, visit: Visit) -> None:
    _post(visit(), link)
    again = _post(visit(), link, "reject", remark="changed my mind")
    assert (again.status_code, "works once" in _text(again)) == (410, True)
    assert Decision.objects.count() == 1
    # Revoked, the order waits anew: the used link stays used, the new mail has another.
    actions.revoke(waiting.order_number, actor=cast.cora.actor, version=2, reason="wait")
    assert _post(visit(), link).status_code == 410
    assert orders.order(waiting).status == "awaiting_acceptance"


def _decided_by_cora(cast: Cast, placed: Placed) -> None:
    actions.reject(placed.order_number, actor=cast.cora.actor, version=1, reason="no")


def _resubmitted(cast: Cast, placed: Placed) -> None:
    actions.resubmit(placed.order_number, actor=cast.anna.actor, version=1, note="again")


def _amended(cast: Cast, placed: Placed) -> None:
    Terms.objects.create(organization=cast.acme, approver_may_amend=True)
    line = orders.order(placed).lines.order_by("pk")[0].pk
    actions.amend(placed.order_number, actor=cast.cora.actor, version=1, quantities={line: 1}, reason="less")


def _withdrawn(cast: Cast, placed: Placed) -> None:
    actions.withdraw(placed.order_number, actor=cast.anna.actor, version=1)


def _right_lost(cast: Cast, placed: Placed) -> None:
    organization_actions.change_member(
        cast.ben.member.pk,
        actor=cast.dora.actor,
        unit_id=cast.krakow.pk,
        permissions=frozenset(),
        active=True,
        version=1,
    )


def _deactivated(cast: Cast, placed: Placed) -> None:
    Member.objects.filter(pk=cast.ben.member.pk).update(active=False)


def _account_closed(cast: Cast, placed: Placed) -> None:
    cast.ben.user.is_active = False
    cast.ben.user.save()


def _moved_to_another_branch(cast: Cast, placed: Placed) -> None:
    Member.objects.filter(pk=cast.ben.member.pk).update(unit=cast.tarnow)


def _blocked(cast: Cast, placed: Placed) -> None:
    Organization.objects.filter(pk=cast.acme.pk).update(status="blocked", blocked_reason="unpaid")


def _switched_off(cast: Cast, placed: Placed) -> None:
    Terms.objects.create(organization=cast.acme, mail_links=False)


def _login_demanded(cast: Cast, placed: Placed) -> None:
    Terms.objects.create(organization=cast.acme, mail_link_login_above=Decimal("0.01"))


@pytest.mark.parametrize(
    ("happens", "status", "said"),
    [
        (_decided_by_cora, 409, "Someone was faster: Cora Wiśniewska rejected this order"),
        (_resubmitted, 409, "has changed since the e-mail was sent"),
        (_amended, 409, "has changed since the e-mail was sent"),
        (_withdrawn, 409, "Anna Kowalska withdrew this order"),
        (_right_lost, 403, "You are no longer asked about this order"),
        (_deactivated, 404, "may not see it"),
        (_account_closed, 404, "may not see it"),
        (_moved_to_another_branch, 403, "You are no longer asked about this order"),
        (_blocked, 403, "unpaid"),
        (_switched_off, 403, "no longer allows decisions from e-mails"),
        (_login_demanded, 403, "log in to decide on an order of this value"),
    ],
)
def test_what_happens_meanwhile_kills_it(
    cast: Cast,
    waiting: Placed,
    link: str,
    visit: Visit,
    happens: Callable[[Cast, Placed], None],
    status: int,
    said: str,
) -> None:
    happens(cast, waiting)
    decisions = Decision.objects.count()
    for answer in (visit().get(link), _post(visit(), link), _post(visit(), link, "reject", remark="no")):
        assert (answer.status_code, said in _text(answer)) == (status, True), _text(answer)
        assert "Na kwartał" not in _text(answer), "a dead link shows nothing of the order"
    assert Decision.objects.count() == decisions
    assert not MailLink.objects.exclude(used_at=None).exists(), "a refusal uses nothing up"


def test_withheld_module_knows_no_link(waiting: Placed, link: str, visit: Visit, settings: Any) -> None:
    settings.AKCEPT_B2B_AVAILABLE = False
    assert [visit().get(link).status_code, _post(visit(), link).status_code] == [404, 404]
    assert _undecided(waiting)


def test_expired_it_decides_nothing(waiting: Placed, link: str, visit: Visit) -> None:
    with time_machine.travel(utc_now() + LIFE - timedelta(minutes=1), tick=False):
        assert visit().get(link).status_code == 200
    with time_machine.travel(utc_now() + LIFE + timedelta(minutes=1), tick=False):
        for answer in (visit().get(link), _post(visit(), link)):
            assert (answer.status_code, "expired" in _text(answer)) == (410, True)
    assert _undecided(waiting)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "You were asked as the substitute of Ben Nowak. That ended on"),
        ("pl", "Pytaliśmy Cię w zastępstwie: Ben Nowak. Skończyło się"),
    ],
)
def test_d8_substitutes_link_ends_with_the_substitution_and_says_so(
    cast: Cast, visit: Visit, language: str, said: str
) -> None:
    now = utc_now()
    organization_actions.name_substitute(
        actor=cast.ben.actor,
        absent_id=cast.ben.member.pk,
        substitute_id=cast.ewa.member.pk,
        starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(days=2),
    )
    placed = orders.place(cast.anna)
    link = _mailed(cast.ewa)
    running = _text(visit().get(link))
    assert ("as the substitute of Ben Nowak" in running, "Produkt S1" in running) == (True, True)
    Substitution.objects.update(ended_at=utc_now())
    Profile.objects.filter(user=cast.ewa.user).update(language=language)
    reader = visit()
    reader.cookies["django_language"] = language
    for answer in (reader.get(link), _post(reader, link)):
        assert (answer.status_code, said in _text(answer)) == (403, True), _text(answer)
        assert "Produkt S" not in _text(answer), "nothing of the order"
    assert _undecided(placed)


def test_anothers_acceptance_of_the_same_step_does_not_kill_it(cast: Cast, waiting: Placed, link: str) -> None:
    """Both of two are asked: Cora's yes moves the case on, Ben's mail is as good as before."""
    case = Case.objects.get()
    case.steps.update(quorum=2)
    actions.accept(waiting.order_number, actor=cast.cora.actor, version=1)
    assert _post(Client(), link).status_code == 302
    assert orders.order(waiting).status == "unhandled"
