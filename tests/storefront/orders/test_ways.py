"""Every way of an order as pages: who may, what is told, and that nothing typed is lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps

from akcept.approvals.actions import LeadsNowhere, save_rule
from akcept.approvals.models import Case, Decision, Terms
from akcept.approvals.rules import Rule, RuleStep
from akcept.ordering import actions
from akcept.ordering.actions import Placed
from akcept.organizations.asking import Ask, AskKind
from akcept.organizations.models import Member
from akcept.testing import carts, orders
from akcept.testing.cast import Cast, Person
from akcept.testing.cast import person as new_person
from tests.conftest import Visit
from tests.support.statements import statements

ACTS = ("send-back", "forward", "withdraw", "revoke", "comment", "change")


@pytest.fixture
def waiting(cast: Cast) -> Placed:
    return orders.place(cast.anna, records=[carts.stock("A", price="10.00"), carts.stock("B", price="25.00")])


def _page(placed: Placed) -> str:
    return f"/orders/{placed.order_number}/"


def _text(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def _post(client: Any, placed: Placed, act: str, *, version: int = 1, **data: Any) -> Any:
    return client.post(f"{_page(placed)}{act}/", {"version": str(version), **data})


def _lines(placed: Placed) -> dict[str, int]:
    return dict(apps.get_model("order.Line").objects.filter(order_id=placed.order_id).values_list("partner_sku", "pk"))


def _quantities(placed: Placed, **wanted: Any) -> dict[str, Any]:
    return {f"quantity-{pk}": wanted.get(sku, 2) for sku, pk in _lines(placed).items()}


def _case(placed: Placed) -> Case:
    return Case.objects.get(pk=placed.order_id)


def _may_amend(cast: Cast) -> None:
    Terms.objects.update_or_create(organization=cast.acme, defaults={"approver_may_amend": True})


# --- who may ---


@pytest.mark.parametrize("who", ["otto", "jan", "ewa", "piotr", "dora", "paul"])
@pytest.mark.parametrize("act", ACTS)
def test_who_may_not_see_the_order_is_told_there_is_none(
    cast: Cast, waiting: Placed, visit: Visit, who: str, act: str
) -> None:
    client = visit(getattr(cast, who))
    answer = _post(client, waiting, act, remark="x", text="x", to=cast.cora.member.pk)
    unknown = client.post(f"/orders/no-such/{act}/", {"version": "1", "remark": "x", "text": "x"})
    assert (answer.status_code, unknown.status_code) == (404, 404)
    assert (_case(waiting).state, _case(waiting).version) == ("awaiting", 1)


def test_acceptor_of_another_branch_gets_the_same_404(cast: Cast, waiting: Placed, visit: Visit) -> None:
    boss = visit(new_person("Teresa", "Tar", seat=cast.tarnow, rights="accept_orders"))
    assert {_post(boss, waiting, act, remark="x", text="x").status_code for act in ACTS} == {404}


@pytest.mark.parametrize(
    ("who", "offered"),
    [
        ("anna", ["change", "comment", "withdraw"]),
        ("ben", ["accept", "comment", "forward", "reject", "send-back"]),
        ("cora", ["accept", "comment", "forward", "reject", "send-back"]),
    ],
)
def test_page_offers_exactly_what_each_may_do(
    cast: Cast, waiting: Placed, visit: Visit, who: str, offered: list[str]
) -> None:
    page = _text(visit(getattr(cast, who)).get(_page(waiting)))
    found = sorted(act for act in ("accept", "reject", *ACTS) if f"{_page(waiting)}{act}/" in page)
    assert found == offered


@pytest.mark.parametrize("act", ACTS[:-1])
def test_looking_does_nothing(cast: Cast, waiting: Placed, visit: Visit, act: str) -> None:
    answer = visit(cast.ben).get(f"{_page(waiting)}{act}/?version=1&remark=x")
    assert answer["Location"] == _page(waiting)
    assert _case(waiting).version == 1


@pytest.mark.parametrize(("who", "act"), [("anna", "send-back"), ("anna", "forward"), ("ben", "withdraw")])
def test_what_is_not_offered_is_refused_too(cast: Cast, waiting: Placed, visit: Visit, who: str, act: str) -> None:
    answer = _post(visit(getattr(cast, who)), waiting, act, remark="my words", to=cast.cora.member.pk)
    assert answer.status_code == 403
    assert "my words" in _text(answer)
    assert _case(waiting).version == 1


# --- sent back, changed, submitted again ---


def test_send_back_and_submit_again(cast: Cast, waiting: Placed, visit: Visit) -> None:
    ben, anna = visit(cast.ben), visit(cast.anna)
    answer = _post(ben, waiting, "send-back", remark="Po co <tyle>?")
    assert answer["Location"] == _page(waiting)
    after = _text(ben.get(_page(waiting)))
    assert "Anna Kowalska has been told and can change it" in after
    assert "sent back to Anna Kowalska" in after
    assert f"{_page(waiting)}accept/" not in after
    page = _text(anna.get(_page(waiting)))
    assert "sent back to you" in page
    assert "Po co &lt;tyle&gt;?" in page
    assert "Ben Nowak asks:" in page
    form = _text(anna.get(f"{_page(waiting)}change/"))
    assert "Po co &lt;tyle&gt;?" in form
    data = _quantities(waiting, A=1) | {"remark": "Wystarczy jeden", "note": "N2", "po_number": "PO-2"}
    answer = _post(anna, waiting, "change", version=2, **data)
    assert answer["Location"] == _page(waiting)
    assert "The people who may accept it have been asked" in _text(anna.get(_page(waiting)))
    again = _text(ben.get(_page(waiting)))
    for shown in ("Wystarczy jeden", "N2", "PO-2", "Anna Kowalska changed the order", "<del>2</del>", "<ins>1</ins>"):
        assert shown in again
    assert "submitted again" in _text(ben.get("/acceptance/"))
    assert _post(ben, waiting, "accept", version=3).status_code == 302
    assert orders.order(waiting).status == "unhandled"


def test_question_is_asked_for_at_the_field(cast: Cast, waiting: Placed, visit: Visit) -> None:
    answer = _post(visit(cast.ben), waiting, "send-back", remark=" ")
    assert answer.status_code == 422
    assert "Say what should be changed" in _text(answer)
    assert 'id="remark-error"' in _text(answer)


def test_mistakes_are_told_at_their_fields_and_nothing_typed_is_lost(cast: Cast, waiting: Placed, visit: Visit) -> None:
    ids, anna = _lines(waiting), visit(cast.anna)
    data = _quantities(waiting, A="abc") | {"remark": "R1", "note": "N1", "po_number": "P1"}
    answer = _post(anna, waiting, "change", **data)
    page = _text(answer)
    assert answer.status_code == 422
    for kept in ('value="abc"', "R1", "N1", 'value="P1"', f'id="id_quantity-{ids["A"]}-error"'):
        assert kept in page
    answer = _post(anna, waiting, "change", **(data | _quantities(waiting, A=3, B=100_001)))
    assert answer.status_code == 422
    assert f'id="id_quantity-{ids["B"]}-error"' in _text(answer)
    assert 'value="3"' in _text(answer)
    answer = _post(anna, waiting, "change", **(data | _quantities(waiting) | {"po_number": "P" * 65}))
    assert (answer.status_code, "P" * 65 in _text(answer)) == (422, True)
    answer = _post(anna, waiting, "change", **(data | _quantities(waiting, A=0, B=0)))
    assert (answer.status_code, "withdraw it instead" in _text(answer)) == (422, True)
    answer = _post(anna, waiting, "change", **(data | _quantities(waiting, A=9_000)))
    assert (answer.status_code, "You can order up to" in _text(answer)) == (409, True)
    assert 'value="9000"' in _text(answer)
    assert (_case(waiting).version, _case(waiting).revision) == (1, 1)


def test_f5_every_way_on_from_an_order_names_it_to_who_listens(cast: Cast, waiting: Placed, visit: Visit) -> None:
    actions.send_back(waiting.order_number, actor=cast.ben.actor, version=1, question="?")
    page = _text(visit(cast.anna).get(_page(waiting)))
    named = f'<span class="visually-hidden"> order {waiting.order_number}</span>'
    assert f"Change or reply{named}</a>" in page
    assert f"Change{named}</a>" in page


def test_recalculating_shows_the_sums_and_changes_nothing(cast: Cast, waiting: Placed, visit: Visit) -> None:
    answer = _post(visit(cast.anna), waiting, "change", preview="1", **_quantities(waiting, A=20, B=0))
    assert answer.status_code == 200
    page = _text(answer)
    assert "PLN269.37" in page.replace(" ", "")  # 20 * 10.00 + 19.00 delivery, 23 % VAT
    assert "dropped" in page
    assert (_case(waiting).version, orders.order(waiting).total_excl_tax) == (1, 89)
    nothing = _post(visit(cast.anna), waiting, "change", preview="1", **_quantities(waiting, A=0, B=0))
    assert nothing.status_code == 422


def test_approver_of_a_changed_order_is_shown_the_difference(cast: Cast, waiting: Placed, visit: Visit) -> None:
    ben = visit(cast.ben)
    actions.resubmit(waiting.order_number, actor=cast.anna.actor, version=1, quantities={_lines(waiting)["A"]: 7})
    answer = _post(ben, waiting, "accept", version=1, remark="kept")
    page = _text(answer)
    assert answer.status_code == 409
    assert "has changed since you opened it" in page
    assert "Changed since you opened it" in page
    assert "<del>2</del>" in page
    assert "<ins>7</ins>" in page
    assert "kept" in page
    assert not Decision.objects.exists()


# --- reduced by an approver ---


def test_approver_reduces_where_the_organisation_lets_them(cast: Cast, waiting: Placed, visit: Visit) -> None:
    ben = visit(cast.ben)
    data = _quantities(waiting, A=1, B=0) | {"reason": "Budżet"}
    refused = _post(ben, waiting, "change", **data)
    assert (refused.status_code, "Budżet" in _text(refused)) == (409, True)
    _may_amend(cast)
    assert f"{_page(waiting)}change/" in _text(ben.get(_page(waiting)))
    nameless = _post(ben, waiting, "change", **(data | {"reason": " "}))
    assert (nameless.status_code, "Give a reason" in _text(nameless)) == (422, True)
    raised = _post(ben, waiting, "change", **(data | _quantities(waiting, A=3)))
    assert (raised.status_code, "not raise them" in _text(raised)) == (422, True)
    assert _post(ben, waiting, "change", **data).status_code == 302
    page = _text(ben.get(_page(waiting)))
    assert "Ben Nowak reduced the order" in page
    assert "Budżet" in page
    assert _case(waiting).state == "awaiting"
    assert _post(ben, waiting, "accept", version=2).status_code == 302


def test_dropping_everything_rejects(cast: Cast, waiting: Placed, visit: Visit) -> None:
    _may_amend(cast)
    ben = visit(cast.ben)
    assert _post(ben, waiting, "change", reason="Nic", **_quantities(waiting, A=0, B=0)).status_code == 302
    assert "so it is rejected" in _text(ben.get(_page(waiting)))
    assert orders.order(waiting).status == "rejected"


# --- withdrawn, revoked, passed on ---


def test_withdrawing(cast: Cast, waiting: Placed, visit: Visit) -> None:
    anna = visit(cast.anna)
    late = _post(anna, waiting, "withdraw", version=9, remark="reason typed")
    assert (late.status_code, "reason typed" in _text(late)) == (409, True)
    assert _post(anna, waiting, "withdraw", remark="Pomyłka").status_code == 302
    page = _text(anna.get(_page(waiting)))
    assert "Withdrawn by Anna Kowalska" in page
    assert "Pomyłka" in page
    assert f"{_page(waiting)}withdraw/" not in page
    told = _post(visit(cast.ben), waiting, "accept")
    assert "withdrew this order" in _text(told)
    assert orders.order(waiting).status == "withdrawn"


def test_revoking_while_the_shop_has_not_begun(cast: Cast, waiting: Placed, visit: Visit) -> None:
    actions.accept(waiting.order_number, actor=cast.ben.actor, version=1)
    ben = visit(cast.ben)
    nameless = _post(ben, waiting, "revoke", version=2, remark="")
    assert (nameless.status_code, 'id="revoke-error"' in _text(nameless)) == (422, True)
    assert _post(ben, waiting, "revoke", version=2, remark="Za szybko").status_code == 302
    page = _text(ben.get(_page(waiting)))
    assert "it is pending again" in page
    assert "Za szybko" in page
    assert orders.order(waiting).status == "awaiting_acceptance"
    assert _post(visit(cast.anna), waiting, "revoke", version=3, remark="x").status_code == 403


def test_b2_a_note_of_the_shop_is_no_work_and_keeps_nobody_from_revoking(
    cast: Cast, waiting: Placed, visit: Visit
) -> None:
    """Written while the order waited, a note made the acceptance final without a word to anybody."""
    note = apps.get_model("order.OrderNote").objects
    note.create(order_id=waiting.order_id, message="Dzwoniłam, Ben zdecyduje jutro")
    actions.accept(waiting.order_number, actor=cast.ben.actor, version=1)
    note.create(order_id=waiting.order_id, message="do spakowania w środę")
    ben = visit(cast.ben)
    assert f"{_page(waiting)}revoke/" in _text(ben.get(_page(waiting)))
    assert _post(ben, waiting, "revoke", version=2, remark="Za szybko").status_code == 302
    assert orders.order(waiting).status == "awaiting_acceptance"
    note.create(order_id=waiting.order_id, message="czekamy znowu")
    assert note.filter(order_id=waiting.order_id).count() == 3


def test_revoking_too_late_says_so(cast: Cast, waiting: Placed, visit: Visit) -> None:
    actions.accept(waiting.order_number, actor=cast.ben.actor, version=1)
    orders.order(waiting).set_status("in_progress")
    ben = visit(cast.ben)
    assert f"{_page(waiting)}revoke/" not in _text(ben.get(_page(waiting)))
    late = _post(ben, waiting, "revoke", version=2, remark="Za szybko")
    assert (late.status_code, "The shop has begun" in _text(late), "Za szybko" in _text(late)) == (409, True, True)


def test_passing_on(cast: Cast, waiting: Placed, visit: Visit) -> None:
    ben = visit(cast.ben)
    nobody = _post(ben, waiting, "forward", remark="hm", to="")
    assert (nobody.status_code, 'id="to-error"' in _text(nobody), "hm" in _text(nobody)) == (422, True, True)
    for mangled in ("x", "-1", "9" * 30, cast.anna.member.pk, cast.otto.member.pk):
        assert _post(ben, waiting, "forward", to=mangled).status_code == 422
    assert _post(ben, waiting, "forward", to=cast.cora.member.pk, remark="Zobacz").status_code == 302
    assert "Ben Nowak passed it on to Cora Wiśniewska" in _text(ben.get(_page(waiting)))
    assert waiting.order_number not in _text(ben.get("/acceptance/")).partition("<main")[2]
    assert "passed on by Ben Nowak" in _text(visit(cast.cora).get("/acceptance/"))
    assert "passed on to Cora Wiśniewska" in _text(visit(cast.anna).get("/orders/"))


# --- comments ---


def test_comments_are_for_those_who_take_part(cast: Cast, waiting: Placed, visit: Visit) -> None:
    anna, ben = visit(cast.anna), visit(cast.ben)
    empty = _post(ben, waiting, "comment", text=" ")
    assert (empty.status_code, 'id="comment-error"' in _text(empty)) == (422, True)
    assert _post(ben, waiting, "comment", text="Kto to <zużyje>?").status_code == 302
    assert _post(anna, waiting, "comment", text="Magazyn").status_code == 302
    for client in (anna, ben, visit(cast.cora)):
        page = _text(client.get(_page(waiting)))
        assert "Kto to &lt;zużyje&gt;?" in page
        assert "Magazyn" in page
    assert _case(waiting).version == 1, "pages stay up to date"
    Member.objects.filter(pk=cast.ewa.member.pk).update(see_unit_orders=True)
    watching = _text(visit(cast.ewa).get(_page(waiting)))
    assert waiting.order_number in watching
    assert "Magazyn" not in watching
    assert _post(visit(cast.ewa), waiting, "comment", text="też").status_code == 403
    cast.mia.user.is_superuser = True
    cast.mia.user.save()
    panel = _text(visit(cast.mia).get(f"/dashboard/acceptance/{waiting.order_number}/"))
    assert waiting.order_number in panel
    assert "Magazyn" not in panel


# --- several steps ---


def _rule(cast: Cast, *steps: RuleStep) -> None:
    """Every order of Acme takes these steps."""
    rule = Rule(id=0, name="Dwa kroki", unit_id=cast.head_office.pk, steps=steps)
    try:
        save_rule(rule, actor=cast.dora.actor, version=0)
    except LeadsNowhere as warned:
        save_rule(rule, actor=cast.dora.actor, version=0, confirmed=warned.seal)


def _member(person: Person) -> Ask:
    assert person.member is not None
    return Ask(kind=AskKind.MEMBER, id=person.member.pk, label=person.name)


def test_way_through_the_steps_is_shown(cast: Cast, visit: Visit) -> None:
    _rule(cast, RuleStep(asks=(_member(cast.ben),)), RuleStep(asks=(_member(cast.cora),)))
    placed = orders.place(cast.anna, lines=1)
    anna = visit(cast.anna)
    page = _text(anna.get(_page(placed)))
    for shown in ("Step 1 of 2", "asked now", "Ben Nowak", "later", "Cora Wiśniewska"):
        assert shown in page
    ben = visit(cast.ben)
    answer = ben.post(f"{_page(placed)}accept/", {"version": "1"}, follow=True)
    assert "It is still waiting for others" in _text(answer)
    page = _text(anna.get(_page(placed)))
    assert "Step 2 of 2" in page
    assert "accepted by Ben Nowak" in page
    assert f"{_page(placed)}accept/" not in _text(ben.get(_page(placed)))
    assert _post(visit(cast.cora), placed, "accept", version=2).status_code == 302
    assert orders.order(placed).status == "unhandled"


def test_step_of_several_people_says_how_many_are_missing(cast: Cast, visit: Visit) -> None:
    _rule(cast, RuleStep(asks=(_member(cast.ben), _member(cast.cora)), quorum=2))
    placed = orders.place(cast.anna, lines=1)
    assert "It still needs 2 acceptances" in _text(visit(cast.anna).get(_page(placed)))
    actions.accept(placed.order_number, actor=cast.ben.actor, version=1)
    page = _text(visit(cast.anna).get(_page(placed)))
    assert "It still needs another acceptance" in page
    assert "accepted by Ben Nowak" in page


def test_pages_take_the_same_statements_for_one_and_three_lines(cast: Cast, visit: Visit) -> None:
    anna, counts = visit(cast.anna), []
    for lines in (1, 1, 3):
        placed = orders.place(cast.anna, lines=lines)
        actions.send_back(placed.order_number, actor=cast.ben.actor, version=1, question="?")
        path = f"{_page(placed)}change/"
        preview = {"version": "2", "preview": "1"} | _quantities(placed, **dict.fromkeys(_lines(placed), 1))
        taken = [statements(lambda path=path: anna.get(path)), statements(lambda p=path, d=preview: anna.post(p, d))]
        counts.append([len(each) for each in taken])
    assert counts[1] == counts[2]
