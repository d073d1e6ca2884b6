"""Decisions of webhooks, without a database: addresses, signatures, schedule, events."""

from __future__ import annotations

from datetime import timedelta

import pytest

from akcept.webhooks import addresses, schedule, signing
from akcept.webhooks.addresses import NoAddress, Target, target_of
from akcept.webhooks.events import OF_MERCHANT, OF_TOPIC, Type, may_hear, of_order, type_of


@pytest.mark.parametrize(
    ("typed", "sent_to"),
    [
        ("https://erp.example.com", "https://erp.example.com/"),
        ("https://ERP.Example.com.:443/a b".replace(" ", "%20"), "https://erp.example.com/a%20b"),
        ("https://erp.example.com:8443/hooks?shop=1&x=[2]", "https://erp.example.com:8443/hooks?shop=1&x=[2]"),
        ("https://żółw.example/zażółć", "https://xn--w-uga1v8h.example/za%C5%BC%C3%B3%C5%82%C4%87"),
        ("http://203.0.113.7/", "http://203.0.113.7/"),
        ("https://[2001:DB8::1]:8443/", "https://[2001:db8::1]:8443/"),
    ],
)
def test_an_address_has_one_spelling(typed: str, sent_to: str) -> None:
    assert target_of(typed).text == sent_to
    assert target_of(target_of(typed).text) == target_of(typed)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("https://" + "a" * 500, "long"),
        ("ftp://erp.example.com/", "scheme"),
        ("erp.example.com/hooks", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("https://user:word@erp.example.com/", "login"),
        ("https://erp.example.com@127.0.0.1/", "login"),
        ("https:///hooks", "host"),
        ("https://erp..example.com/", "host"),
        ("https://-erp.example.com/", "host"),
        ("https://erp_ä" + "ä" * 70 + ".example/", "host"),
        ("https://[::1/", "host"),
        ("https://[1::2::3]/", "host"),
        ("https://[fe80::1%25eth0]/", "host"),
        ("https://2130706433/", "number"),
        ("https://127.1/", "number"),
        ("https://0x7f000001/", "number"),
        ("https://0177.0.0.1/", "number"),
        ("https://256.0.0.1/", "number"),
        ("https://erp.example.com:0/", "port"),
        ("https://erp.example.com:70000/", "port"),
        ("https://erp.example.com:x/", "port"),
        ("https://erp.example.com/a b", "signs"),
        ("https://erp.example.com/\r\nX: y", "signs"),
        ("https://erp.example.com\\@127.0.0.1/", "signs"),
        ("https://erp.example.com/#there", "signs"),
    ],
)
def test_what_is_no_address_is_refused_by_its_reason(typed: str, why: str) -> None:
    with pytest.raises(NoAddress) as refused:
        target_of(typed)
    assert refused.value.why == why


def test_a_port_of_its_own_stands_in_the_host() -> None:
    assert Target(secure=True, host="a.example", port=443, path="/").authority == "a.example"
    assert Target(secure=False, host="a.example", port=443, path="/").authority == "a.example:443"


INSIDE = [
    *("127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.100.100.200"),
    *(".".join("0000"), "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1"),
    *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1"),
    *("::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001:0:1::1"),
    *("2606:4700::1111%1", "no address", ""),
]


@pytest.mark.parametrize("inside", INSIDE)
def test_no_address_within_is_reached(inside: str) -> None:
    assert not addresses.may_be_reached(inside)


@pytest.mark.parametrize("public", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_everybodys_addresses_are_reached(public: str) -> None:
    assert addresses.may_be_reached(public)


def test_what_an_old_spelling_leads_to_is_not_reached_whatever_is_allowed() -> None:
    """Of the lowest addresses of IPv6 one is the machine itself; others up to 2^32 are an IPv4 address in disguise."""
    lowest = addresses.networks(["::/64"])
    reached = [each for each in ("::1", "::2", "::1.2.3.4", "::1:0:0") if addresses.may_be_reached(each, lowest)]
    assert reached == ["::1", "::1:0:0"]


def test_the_operator_allows_networks() -> None:
    allowed = addresses.networks(["10.1.0.0/16", "fd00::/8"])
    reached = ["10.1.2.3", "::ffff:10.1.2.3", "fd00::1"]
    assert all(addresses.may_be_reached(each, allowed) for each in reached)
    assert not any(addresses.may_be_reached(each, allowed) for each in ("10.2.0.1", "127.0.0.1", "::1"))
    with pytest.raises(ValueError, match="host bits"):
        addresses.networks(["10.1.2.3/16"])
    assert (addresses.literal("8.8.8.8"), addresses.literal("a.example")) == ("8.8.8.8", None)


def test_the_signature_is_that_of_the_specification() -> None:
    """The example that Standard Webhooks gives with its secret, and its libraries test themselves with."""
    secret, key, timestamp = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330
    body = b'{"test": 2432232314}'
    signed = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signing.signature(secret, key=key, timestamp=timestamp, body=body) == signed
    assert signing.signature(secret.removeprefix("whsec_"), key=key, timestamp=timestamp, body=body) == signed
    other = signing.new_secret()
    assert signing.headers([secret, other], key=key, timestamp=timestamp, body=body) == {
        "webhook-id": key,
        "webhook-timestamp": "1614265330",
        "webhook-signature": f"{signed} {signing.signature(other, key=key, timestamp=timestamp, body=body)}",
    }
    with pytest.raises(ValueError, match="base64"):
        signing.signature("whsec_!", key=key, timestamp=timestamp, body=body)


def test_secrets_have_256_bits_and_are_never_the_same() -> None:
    made = {signing.new_secret() for _each in range(20)}
    assert len(made) == 20
    assert {len(each) for each in made} == {len("whsec_") + 44}


def test_eight_more_tries_over_28_hours() -> None:
    middle = [schedule.pause_after(tries, chance=0.5) for tries in range(1, 10)]
    assert middle[:3] == [timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30)]
    assert middle[8] is None
    total = sum((pause for pause in middle if pause), timedelta(0))
    assert timedelta(hours=27) < total < timedelta(hours=28)
    assert schedule.pause_after(8, chance=0) == timedelta(hours=9)
    assert schedule.pause_after(8, chance=1) == timedelta(hours=11)


def test_who_does_not_answer_rests() -> None:
    assert [schedule.rest_after(silences).total_seconds() for silences in (1, 2, 3, 7, 99)] == [5, 10, 20, 300, 300]


def test_an_order_that_need_not_wait_awaits_nothing() -> None:
    assert type_of("order.placed", {"held": True}) is Type.AWAITING
    assert type_of("order.placed", {"held": False}) is None
    assert type_of("order.released", {}) is Type.RELEASED
    assert type_of("order.reminded", {}) is None


def test_the_topics_are_those_of_the_journal() -> None:
    from akcept.approvals import topics as approvals
    from akcept.budgets import topics as budgets
    from akcept.fulfilment import topics as fulfilment
    from akcept.ordering import topics as ordering
    from akcept.organizations import topics as organizations

    written = {
        value
        for room in (approvals, budgets, fulfilment, ordering, organizations)
        for value in vars(room).values()
        if isinstance(value, str)
    }
    assert set(OF_TOPIC) <= written
    assert set(OF_TOPIC.values()) == set(Type)


def test_the_merchant_hears_of_orders_only() -> None:
    assert {each.value for each in set(Type) - OF_MERCHANT} == {
        *("step.asked", "budget.threshold", "member.joined", "member.changed", "member.deactivated"),
        *("member.reactivated", "member.removed", "rules.changed", "rules.terms_changed"),
    }
    assert [of_order(each) for each in (Type.EXPIRED, Type.STEP_ASKED, Type.BUDGET_THRESHOLD)] == [True, True, False]


def test_who_may_hear_of_what_is_no_order() -> None:
    assert may_hear(Type.BUDGET_THRESHOLD, {"see_budgets"})
    assert may_hear(Type.MEMBER_JOINED, {"manage_members"})
    assert may_hear(Type.RULES_CHANGED, {"manage_policies"})
    assert not may_hear(Type.RULES_CHANGED, {"manage_members", "see_budgets"})
    assert not may_hear(Type.RELEASED, {"manage_members"}), "sight of orders is decided with the order"
