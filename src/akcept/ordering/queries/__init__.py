"""Every read of orders for people. Reads start from what the actor may see (`visibility`)."""

from akcept.ordering.queries.asked import asked_about, asked_later, matter, matters
from akcept.ordering.queries.catalogue import catalogue
from akcept.ordering.queries.feed import ShopMatter, feed, feed_for_staff, shop_changes, shop_feed
from akcept.ordering.queries.inbox import (
    InboxFilter,
    InboxRow,
    Sort,
    inbox,
    inbox_choices,
    inbox_count,
    inbox_row,
    inbox_rows,
)
from akcept.ordering.queries.lists import OrderFilter, OrderRow, listed, order_choices, orders, visible_numbers
from akcept.ordering.queries.mailed import MailedOrder, acceptances, mailed
from akcept.ordering.queries.one import (
    Act,
    DeliveryChoice,
    OrderView,
    delivery_choice,
    latest_of,
    loaded,
    order,
    view_of,
    would_cost,
)
from akcept.ordering.queries.preview import BasketPreview, may_order, own_credit, preview, why_no_orders
from akcept.ordering.queries.since import Since, changed_since
from akcept.ordering.queries.steps import StepView
from akcept.ordering.queries.waiting import (
    STUCK_SHOWN,
    StuckRow,
    left_among,
    number_waiting,
    open_orders_of,
    stuck_among,
    stuck_orders,
    waiting_in,
)

__all__ = [
    "STUCK_SHOWN",
    "Act",
    "BasketPreview",
    "DeliveryChoice",
    "InboxFilter",
    "InboxRow",
    "MailedOrder",
    "OrderFilter",
    "OrderRow",
    "OrderView",
    "ShopMatter",
    "Since",
    "Sort",
    "StepView",
    "StuckRow",
    "acceptances",
    "asked_about",
    "asked_later",
    "catalogue",
    "changed_since",
    "delivery_choice",
    "feed",
    "feed_for_staff",
    "inbox",
    "inbox_choices",
    "inbox_count",
    "inbox_row",
    "inbox_rows",
    "latest_of",
    "left_among",
    "listed",
    "loaded",
    "mailed",
    "matter",
    "matters",
    "may_order",
    "number_waiting",
    "open_orders_of",
    "order",
    "order_choices",
    "orders",
    "own_credit",
    "preview",
    "shop_changes",
    "shop_feed",
    "stuck_among",
    "stuck_orders",
    "view_of",
    "visible_numbers",
    "waiting_in",
    "why_no_orders",
    "would_cost",
]
