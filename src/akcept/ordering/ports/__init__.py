"""What ordering needs from the shop underneath; `akcept.oscar_edge` provides it, or what a setting names.

Everything that crosses is a small frozen dataclass. All methods that write must be called inside the
action's transaction and never open a connection to anything but the database.
"""

from akcept.ordering.ports.books import MOST_PIECES, Cart, OrderBook, OrderDraft, OrderRef, WantedLine, order_book
from akcept.ordering.ports.debts import Receivables, receivables
from akcept.ordering.ports.documents import OrderDocument, OrderReader, order_reader
from akcept.ordering.ports.goods import Catalogue, Goods, GoodsFilter, Had, catalogue
from akcept.ordering.ports.products import Assortment, CategoryRef, OrderedLine, ProductRef, assortment
from akcept.ordering.ports.quotes import (
    Address,
    AgreedSince,
    DeliveryOption,
    LineObstacle,
    Obstacles,
    Quote,
    QuoteLine,
    Sums,
    VatRow,
)

__all__ = [
    "MOST_PIECES",
    "Address",
    "AgreedSince",
    "Assortment",
    "Cart",
    "Catalogue",
    "CategoryRef",
    "DeliveryOption",
    "Goods",
    "GoodsFilter",
    "Had",
    "LineObstacle",
    "Obstacles",
    "OrderBook",
    "OrderDocument",
    "OrderDraft",
    "OrderReader",
    "OrderRef",
    "OrderedLine",
    "ProductRef",
    "Quote",
    "QuoteLine",
    "Receivables",
    "Sums",
    "VatRow",
    "WantedLine",
    "assortment",
    "catalogue",
    "order_book",
    "order_reader",
    "receivables",
]
