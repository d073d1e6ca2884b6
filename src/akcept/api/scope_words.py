"""What a scope lets a system do, in a reader's words; the schema says the same in English."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from akcept.api.scopes import Scope

#: Each names all that its operations open (`tests/api/test_scopes.py` knows which).
WORDS: Final = {
    Scope.ORDERS_READ: _("read the orders you may see"),
    Scope.ORDERS_PLACE: _("place orders; change and withdraw yours"),
    Scope.ORDERS_DECIDE: _(
        "accept, reject, reduce, send back and pass on orders, update their prices and take an acceptance back"
    ),
    Scope.ORDERS_COMMENT: _("comment on orders you take part in"),
    Scope.CATALOGUE_READ: _("read products with your prices and their stock, and what was agreed with your unit"),
    Scope.ORGANIZATION_READ: _("read the organisation's data, units, people, roles, substitutes and addresses"),
    Scope.ORGANIZATION_WRITE: _(
        "change the organisation's data, units, people, roles, substitutes and addresses, and who sees prices"
    ),
    Scope.BUDGETS_READ: _("read budgets, their ledgers and the fiscal year"),
    Scope.BUDGETS_WRITE: _("change budgets and the fiscal year; book corrections and transfers"),
    Scope.RULES_READ: _("read and try acceptance rules; read the terms of acceptance"),
    Scope.RULES_WRITE: _("change acceptance rules and the terms of acceptance; apply them to pending orders"),
    Scope.JOURNAL_READ: _("read what was changed in the organisation and what happened to orders you may see"),
    Scope.WORK_READ: _("read orders that are ready to be handled, and what was changed in the shop"),
    Scope.WORK_WRITE: _(
        "fetch orders for another system and answer them, mark them as exported, report parcels and change statuses"
    ),
    Scope.HELD_READ: _("see which orders are waiting for their customers, to be handled by nobody yet"),
    Scope.HELD_WRITE: _("remind customers of orders waiting for them, and write to them about these"),
    Scope.STOCK_WRITE: _("write the stock of products"),
    Scope.PRICES_WRITE: _("write the prices of products"),
    Scope.CUSTOMERS_READ: _(
        "read organisations that buy, their members, credit, agreements and price lists, and what happened in them"
    ),
    Scope.CUSTOMERS_WRITE: _(
        "add, confirm and block organisations and invite their administrators; change credit limits, agreements, "
        "price lists and which prices are shown to them"
    ),
    Scope.SHOP_READ: _("read the terms of all orders, and whom the shop and its prices are shown to"),
    Scope.SHOP_WRITE: _("change the terms of all orders, and whom the shop and its prices are shown to"),
}
