"""What Oscar's tables hold of a member: their address book, baskets, reviews, mails; and whose an order is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from oscar.core.loading import get_model

from akcept.organizations.personal_data import Erasure, Holding, Section, Subject
from akcept.oscar_edge import baskets
from akcept.transactions.locking import lock

#: Of the person, not of an organisation: gone with the account.
_OWN = (
    ("address", "UserAddress", "user_id"),
    ("basket", "Basket", "owner_id"),
    ("wishlists", "WishList", "owner_id"),
    ("customer", "ProductAlert", "user_id"),
    ("communication", "Email", "user_id"),
    ("communication", "Notification", "recipient_id"),
    ("payment", "Bankcard", "user_id"),
    ("analytics", "UserRecord", "user_id"),
    ("analytics", "UserProductView", "user_id"),
    ("analytics", "UserSearch", "user_id"),
)

#: Hang on an order and name the login too.
_OF_ORDERS = (("basket", "Basket", "owner_id"), ("voucher", "VoucherApplication", "user_id"))


def export(subject: Subject) -> Sequence[Section]:
    """Return the address book, open baskets and reviews; three statements."""
    return _addresses(subject), _baskets(subject), _reviews(subject)


def _addresses(subject: Subject) -> Section:
    found = get_model("address", "UserAddress").objects.filter(user_id=subject.account_id).order_by("id")
    return Section(
        code="addresses",
        title=_("Address book"),
        columns=(
            ("first_name", _("First name")),
            ("last_name", _("Last name")),
            ("line1", _("Street and number")),
            ("postcode", _("Postcode")),
            ("city", _("Town")),
            ("phone", _("Phone")),
        ),
        rows=tuple(
            (row.first_name, row.last_name, row.line1, row.postcode, row.line4, str(row.phone_number or ""))
            for row in found
        ),
    )


def _own_baskets(subject: Subject) -> QuerySet[Any]:
    every = get_model("basket", "Basket").objects.exclude(status="Submitted")
    return baskets.at_home(every, user_id=subject.account_id, member_id=subject.member_id)


def _baskets(subject: Subject) -> Section:
    lines = get_model("basket", "Line").objects.filter(basket__in=_own_baskets(subject)).order_by("id")
    return Section(
        code="basket",
        title=pgettext("shop", "Basket"),
        columns=(("product", _("Product")), ("quantity", _("Quantity")), ("put_in", _("Fill in"))),
        rows=tuple(lines.values_list("product__title", "quantity", "date_created")),
    )


def _reviews(subject: Subject) -> Section:
    found = get_model("reviews", "ProductReview").objects.filter(user_id=subject.account_id).order_by("id")
    return Section(
        code="reviews",
        title=_("Reviews"),
        columns=(("product", _("Product")), ("title", _("Title")), ("text", _("Text")), ("at", _("When"))),
        rows=tuple(found.values_list("product__title", "title", "body", "date_created")),
    )


def hold(subject: Subject) -> None:
    """Lock the orders that `erase` moves."""
    own = get_model("order", "Order").objects.filter(akcept_placement__requester_id=subject.member_id)
    list(lock(own.order_by("pk").only("pk")))


def erase(erasure: Erasure) -> None:
    """Move orders to the stand-in and drop the open basket; with the account also what was the person's own.

    Orders keep their delivery and invoice addresses: the law wants those kept for years.
    """
    subject = erasure.subject
    _move_to_stand_in(erasure)
    notes = get_model("order", "OrderNote").objects
    erasure.clean(notes.filter(order__akcept_placement__organization_id=subject.organization_id), "message")
    _own_baskets(subject).delete()
    if not erasure.whole_account:
        return
    for app, model, column in _OWN:
        rows = get_model(app, model).objects.filter(**{column: subject.account_id})
        (rows.exclude(status="Submitted") if model == "Basket" else rows).delete()
    reviews = get_model("reviews", "ProductReview").objects.filter(user_id=subject.account_id)
    reviews.update(user=None, name=erasure.alias, email="", homepage="")


def _move_to_stand_in(erasure: Erasure) -> None:
    """Leave nothing of the subject's orders with a login that another organisation goes on using."""
    own = {"akcept_placement__requester_id": erasure.subject.member_id}
    of_own = {f"order__{column}": value for column, value in own.items()}
    get_model("order", "Order").objects.filter(**own).update(user_id=erasure.stand_in_id)
    for app, model, column in _OF_ORDERS:
        rows = get_model(app, model).objects.filter(**of_own, **{column: erasure.subject.account_id})
        rows.update(**{column: erasure.stand_in_id})


HOLDING = Holding(name="oscar", export=export, erase=erase, lock=hold)
