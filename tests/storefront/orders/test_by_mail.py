"""The link in a mail: decides once, for its reader, on what the mail showed; looking at it decides nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core import mail, signing
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from akcept.approvals.models import Case, Decision, Terms
from akcept.journal import actions as journal
from akcept.journal.actions import Event
from akcept.journal.models import Entry
from akcept.kernel.actor import Actor
from akcept.kernel.clock import utc_now
from akcept.kernel.errors import NotAllowed
from akcept.ordering import actions, topics
from akcept.ordering.actions import Placed
from akcept.ordering.mail_links import LIFE, token_for
from akcept.ordering.models import MailLink
from akcept.organizations.models import Member
from akcept.testing import orders
from akcept.testing.cast import Cast, Person, seated
from akcept.testing.cast import person as new_person
from akcept.testing.relays import deliver
from tests.conftest import Visit
from tests.support.statements import statements


@pytest.fixture(autouse=True)
def _fresh(mailoutbox: list[Any]) -> None:
    cache.clear()


def _mailed(person: Person) -> str:
    """Deliver what is due and return the path of the link this person was sent, "" for a mail without one."""
    deliver()
    body = next(sent.body for sent in reversed(mail.outbox) if sent.to == [person.user.email])
    found = re.search(r"https?://[^/\s]+(/acceptance/by-mail/\S+)", body)
    return found[1] if found else ""


def _text(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def _post(client: Client, link: str, move: str = "accept", **data: str) -> Any:
    return client.post(link, {"move": move, **data})


def _undecided(placed: Placed) -> bool:
    return not Decision.objects.exists() and orders.order(placed).status == "awaiting_acceptance"


# --- looking and deciding ---


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_shows_everything_and_changes_nothing(
    cast: Cast, waiting: Placed, link: str, visit: Visit, method: str
) -> None:
    before = (Entry.objects.count(), Case.objects.get().version)
    answers = [getattr(visit(), method)(link) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    if method == "get":
        for shown in (waiting.order_number, "Ben Nowak", "Anna Kowalska", "Na kwartał", "Accept", "Reject"):
            assert shown in _text(answers[0]), shown
    assert (Entry.objects.count(), Case.objects.get().version) == before
    assert _undecided(waiting)
    assert MailLink.objects.filter(used_at=None).count() == 2, "Ben's and Cora's, none of them used"


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options"])
def test_other_methods_are_refused(waiting: Placed, link: str, visit: Visit, method: str) -> None:
    assert getattr(visit(), method)(link).status_code == 405
    assert _undecided(waiting)


def test_accepting_needs_no_login_and_logs_nobody_in(cast: Cast, waiting: Placed, link: str, visit: Visit) -> None:
    client = visit()
    answer = _post(client, link, remark="dobrze")
    assert (answer.status_code, answer["Location"]) == (302, link)
    assert orders.order(waiting).status == "unhandled"
    decision = Decision.objects.get()
    assert (decision.member_id, decision.kind, decision.remark) == (cast.ben.member.pk, "accept", "dobrze")
    told = _text(client.get(link))
    assert "You accepted this order" in told
    assert "dobrze" in told
    assert "_auth_user_id" not in client.session
    assert client.get(f"/orders/{waiting.order_number}/").status_code == 302, "still to the login"
    page = _text(visit(cast.anna).get(f"/orders/{waiting.order_number}/"))
    assert "from the e-mail" in page


def test_rejecting_needs_a_reason_and_keeps_the_link_until_there_is_one(
    cast: Cast, waiting: Placed, link: str, visit: Visit
) -> None:
    client = visit()
    refused = _post(client, link, "reject", remark="  ")
    assert (refused.status_code, 'id="remark-error"' in _text(refused)) == (422, True)
    long = _post(client, link, "reject", remark="x" * 1001)
    assert (long.status_code, "x" * 1001 in _text(long)) == (422, True)
    assert _undecided(waiting)
    assert _post(client, link, "reject", remark="za drogo").status_code == 302
    assert orders.order(waiting).status == "rejected"
    assert "za drogo" in _text(client.get(link))


@pytest.mark.parametrize("move", ["", "amend", "ACCEPT"])
def test_form_without_a_choice_decides_nothing(waiting: Placed, link: str, visit: Visit, move: str) -> None:
    answer = _post(visit(), link, move, remark="my words")
    assert (answer.status_code, "my words" in _text(answer)) == (422, True)
    assert _undecided(waiting)


def test_form_needs_the_token_against_forgery(waiting: Placed, link: str) -> None:
    assert _post(Client(enforce_csrf_checks=True), link).status_code == 403
    assert _undecided(waiting)


# --- whose it is ---


@pytest.mark.parametrize("who", ["anna", "cora", "dora", "jan", "otto", "mia", "paul"])
def test_forwarded_mail_decides_nothing_for_whoever_is_logged_in(
    cast: Cast, waiting: Placed, link: str, visit: Visit, who: str
) -> None:
    client = visit(getattr(cast, who))
    for answer in (client.get(link), _post(client, link), _post(client, link, "reject", remark="x")):
        assert answer.status_code == 403
        page = _text(answer)
        assert "was sent to somebody else" in page
        for secret in (waiting.order_number, "Ben Nowak", "Na kwartał"):
            assert secret not in page.replace(getattr(cast, who).name, ""), secret
    assert _undecided(waiting)


def test_its_reader_may_be_logged_in_even_for_another_organisation(
    cast: Cast, waiting: Placed, link: str, visit: Visit
) -> None:
    seated(cast.ben.user, cast.terminal, rights="accept_orders")
    client = visit(cast.ben)
    session = client.session
    session["akcept_organization"] = cast.umbra.pk
    session.save()
    assert _post(client, link).status_code == 302
    assert orders.order(waiting).status == "unhandled"
    assert client.session["akcept_organization"] == cast.umbra.pk


def test_acceptor_of_another_branch_or_organisation_is_sent_no_link(cast: Cast, waiting: Placed) -> None:
    new_person("Teresa", "Tar", seat=cast.tarnow, rights="accept_orders")
    deliver()
    readers = MailLink.objects.values_list("member__user__first_name", flat=True)
    assert sorted(readers) == ["Ben", "Cora"]


@pytest.mark.parametrize(
    "token",
    ["x", "x:y:z", "%00", "ż", "a" * 3000, signing.dumps(1), signing.dumps("x", salt="akcept.mail-link")],
    ids=["word", "shape", "nul", "letter", "long", "other-salt", "other-content"],  # signatures hold the time
)
def test_forged_token_is_not_found(waiting: Placed, link: str, visit: Visit, token: str) -> None:
    answer = visit().get(f"/acceptance/by-mail/{token}/")
    assert answer.status_code == 404
    assert _undecided(waiting)


def test_database_holds_no_secret(link: str) -> None:
    token = link.split("/")[-2]
    for row in MailLink.objects.values():
        assert not any(str(value) and str(value) in token for value in row.values() if len(str(value)) > 8)


# --- what the organisation wants ---


@pytest.mark.parametrize(
    ("above", "offered"), [(None, True), ("100000", True), ("exact", True), ("below", False), ("0", False)]
)
def test_mail_has_a_link_up_to_the_amount_and_leads_to_the_login_above(
    cast: Cast, waiting: Placed, visit: Visit, above: str | None, offered: bool
) -> None:
    total = orders.order(waiting).akcept_placement.total_net
    near: dict[str | None, Any] = {"exact": total, "below": total - Decimal("0.01")}
    amount = near.get(above, above)
    Terms.objects.create(organization=cast.acme, mail_link_login_above=amount)
    assert bool(_mailed(cast.ben)) is offered
    assert MailLink.objects.exists() is offered


def test_switched_off_the_mail_leads_to_the_order(cast: Cast, waiting: Placed) -> None:
    Terms.objects.create(organization=cast.acme, mail_links=False)
    assert _mailed(cast.ben) == ""
    assert f"/orders/{waiting.order_number}/" in mail.outbox[0].body
    assert not MailLink.objects.exists()


def test_own_order_is_never_decided_by_a_link(cast: Cast, waiting: Placed) -> None:
    Terms.objects.create(organization=cast.acme, self_acceptance=True)
    Member.objects.filter(pk=cast.anna.member.pk).update(accept_orders=True)
    shown = {"revision": 1, "version": 1}
    asked = [cast.anna.member.pk, cast.ben.member.pk]
    offered = actions.offer_links(waiting.order_number, actor=Actor.system("test"), member_ids=asked, **shown)
    assert set(offered) == {cast.ben.member.pk}
    # Nor by a row that should not be there.
    own = {"member_id": cast.anna.member.pk, **shown}
    row = MailLink.objects.create(case_id=waiting.order_id, expires_at=utc_now() + LIFE, **own)
    with pytest.raises(NotAllowed, match="on its own page only"):
        actions.accept_by_link(token_for(row), actor=Actor.anonymous())
    assert _undecided(waiting)


# --- how it behaves ---


def test_page_keeps_its_address_to_itself(link: str, visit: Visit) -> None:
    answer = visit().get(link)
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in answer["Cache-Control"]


def test_page_speaks_the_language_of_the_mail(cast: Cast, link: str) -> None:
    client = Client(headers={"Accept-Language": "en"})
    answer = client.get(link)
    assert 'lang="pl"' in _text(answer)
    assert "Akceptuj" in _text(answer)


def test_link_is_limited(waiting: Placed, link: str, visit: Visit) -> None:
    client = visit()
    answers = [client.get(link).status_code for _ in range(31)]
    assert answers == [200] * 30 + [429]
    assert _post(client, link).status_code == 429
    assert _undecided(waiting)


def test_same_mail_sent_again_has_the_same_link_and_prolongs_it(cast: Cast, waiting: Placed, visit: Visit) -> None:
    first = _offered(cast, waiting)
    later = utc_now() + LIFE - timedelta(hours=1)
    with time_machine.travel(later, tick=False):
        assert _pk(_offered(cast, waiting)) == _pk(first)
    assert MailLink.objects.count() == 1
    with time_machine.travel(later + timedelta(days=2), tick=False):
        assert visit().get(f"/acceptance/by-mail/{first}/").status_code == 200


def test_reminder_and_escalation_have_the_link_for_whoever_decides(cast: Cast, waiting: Placed, link: str) -> None:
    case, told = Case.objects.get(), [cast.ben.user.pk]
    payload = {"order_id": case.pk, "returned": False, "asked_ids": told, "told_ids": told}
    for topic in (topics.REMINDED, topics.ESCALATED):
        with transaction.atomic():
            journal.write(
                Event(topic, ("order", waiting.order_number), payload),
                actor=Actor.system("tick"),
                organization_id=cast.acme.pk,
                now=utc_now(),
            )
        mail.outbox.clear()
        assert _pk(_mailed(cast.ben).split("/")[-2]) == _pk(link.split("/")[-2])
        told_dora = [sent.body for sent in mail.outbox if sent.to == [cast.dora.user.email]]
        assert not any("/by-mail/" in body for body in told_dora), "administrators decide nothing"


def _offered(cast: Cast, placed: Placed) -> str:
    ben = cast.ben.member.pk
    offered = actions.offer_links(
        placed.order_number, actor=Actor.system("test"), member_ids=[ben], revision=1, version=1
    )
    return offered[ben]


def _pk(token: str) -> int:
    return int(signing.loads(token, salt="akcept.mail-link"))


def test_page_and_decision_take_the_same_statements_for_one_line_and_three(cast: Cast, visit: Visit) -> None:
    def taken(lines: int) -> tuple[int, int]:
        orders.place(cast.anna, lines=lines)
        link = _mailed(cast.ben)
        client = visit()
        return len(statements(lambda: client.get(link))), len(statements(lambda: _post(client, link)))

    taken(1)  # fills what a process keeps
    assert taken(1) == taken(3)


@pytest.mark.parametrize("refused", ["used", "method", "forged", "unknown"])
def test_the_token_is_never_in_the_log(
    waiting: Placed, link: str, visit: Visit, caplog: pytest.LogCaptureFixture, refused: str
) -> None:
    if refused == "used":
        MailLink.objects.update(expires_at=utc_now() - timedelta(days=1))
        answer = visit().get(link)
    elif refused == "method":
        answer = visit().put(link)
    elif refused == "forged":
        answer = Client(enforce_csrf_checks=True).post(link, {"move": "accept"})
    else:
        answer = visit().get(f"{link}x/nothing/here/")
    assert answer.status_code in {403, 404, 405, 410}
    logged = [record for record in caplog.records if record.name in {"django.request", "django.security.csrf"}]
    assert logged, "a refusal is logged, without what decides"
    token = link.rstrip("/").rpartition("/")[2]
    assert token not in caplog.text
    assert all("/by-mail/" in record.getMessage() for record in logged)
