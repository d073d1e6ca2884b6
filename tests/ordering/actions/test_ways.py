"""Passed on and commented; and of every way, that it is offered to whom it is for."""

from __future__ import annotations

from typing import Any

import pytest

from akcept.approvals.models import Decision, Terms
from akcept.journal.models import Entry
from akcept.kernel.errors import Invalid, NotAllowed
from akcept.ordering import actions, queries
from akcept.ordering.actions import Placed
from akcept.organizations.models import Member
from akcept.testing import orders
from akcept.testing.cast import Cast
from akcept.ui.history import sentences
from tests.ordering.actions.on_its_way import inbox, may_amend, told, version_of

# --- passed on, commented ---


def test_passed_on_order_leaves_one_inbox_and_stays_decidable(cast: Cast, waiting: Placed) -> None:
    actions.forward(
        waiting.order_number, actor=cast.ben.actor, version=1, to_member_id=cast.cora.member.pk, remark="Twoja działka"
    )
    assert (inbox(cast.ben), inbox(cast.cora)) == ([], [waiting.order_number])
    # What Cora had open before is still good: the order is the same.
    actions.accept(waiting.order_number, actor=cast.cora.actor, version=1)
    assert told(waiting) == ["placed", "forwarded", "accepted", "released"]


@pytest.mark.parametrize("to", ["anna", "ben", "jan", "otto", "ewa"])
def test_passed_on_only_to_somebody_else_who_may_decide(cast: Cast, waiting: Placed, to: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.forward(waiting.order_number, actor=cast.ben.actor, version=1, to_member_id=getattr(cast, to).member.pk)
    assert refused.value.field == "to"


def test_comments_are_for_the_organisation_alone(cast: Cast, waiting: Placed) -> None:
    actions.comment(waiting.order_number, actor=cast.ben.actor, text="Czy to na pewno?")
    actions.comment(waiting.order_number, actor=cast.anna.actor, text="Tak")
    assert version_of(waiting) == 1
    with pytest.raises(Invalid) as refused:
        actions.comment(waiting.order_number, actor=cast.anna.actor, text="  ")
    assert refused.value.field == "text"
    history = Entry.objects.filter(subject_id=waiting.order_number).order_by("pk")
    assert [line.said for line in sentences(history)] == ["", "Czy to na pewno?", "Tak"]
    assert [line.said for line in sentences(history, for_staff=True)] == [""]


# --- what pages offer is what actions do ---


def test_acts_are_offered_to_whom_they_are_for(cast: Cast, waiting: Placed) -> None:
    def acts(who: Any) -> set[str]:
        return {act.value for act in queries.order(who.actor, waiting.order_number).acts}

    assert acts(cast.anna) == {"resubmit", "withdraw", "comment"}
    assert acts(cast.ben) == acts(cast.cora) == {"send_back", "forward", "comment"}
    may_amend(cast)
    assert acts(cast.ben) == {"send_back", "forward", "comment", "amend"}
    actions.accept(waiting.order_number, actor=cast.ben.actor, version=1)
    assert acts(cast.anna) == {"comment"}
    assert acts(cast.ben) == acts(cast.cora) == {"revoke", "comment"}


def test_organisation_may_let_approvers_accept_their_own_orders_and_history_says_so(cast: Cast) -> None:
    member = cast.ben.member
    limit = {"amount": "10", "currency": "PLN", "basis": "goods_net"}
    Member.objects.filter(pk=member.pk).update(accept_limits=[limit])
    over = orders.place(cast.ben)
    assert over.held
    assert over.approvers == ("Cora Wiśniewska",)
    with pytest.raises(NotAllowed, match="yourself"):
        actions.accept(over.order_number, actor=cast.ben.actor, version=1)
    Terms.objects.create(organization=cast.acme, self_acceptance=True)
    assert inbox(cast.ben) == [over.order_number]
    actions.accept(over.order_number, actor=cast.ben.actor, version=1)
    assert Decision.objects.get(case_id=over.order_id).member_id == member.pk
    assert Entry.objects.get(topic="order.accepted").payload["own_order"] is True
    assert orders.place(cast.ben).approvers == ("Ben Nowak", "Cora Wiśniewska")
