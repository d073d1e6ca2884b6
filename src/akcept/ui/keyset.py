"""Keyset paging for Django's list views: a page begins behind the last row of the one before, and nothing is counted.

A page number costs a count of everything and a walk over all that comes before; a key costs neither.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

from akcept.kernel.paging import COUNTED


@dataclass(frozen=True, slots=True)
class KeyPaginator:
    """What templates ask of a paginator."""

    queryset: QuerySet[Any]
    #: How many there are, up to `most` + 1, which stands for more.
    counted: int
    most: int
    #: Never shown: there is one page, and another one if there are more rows.
    num_pages: int

    @property
    def count(self) -> int:
        """How many there are, all of them counted; for templates of Oscar's that offer to do something to every one."""
        return self.queryset.order_by().count()


@dataclass(frozen=True, slots=True)
class KeyPage:
    """What templates ask of a page; `next_after` is the address of the following one."""

    object_list: Sequence[Any]
    next_after: str | None
    is_first: bool
    paginator: KeyPaginator
    pages_template: str = "akcept/ui/pages_by_key.html"

    def has_other_pages(self) -> bool:
        """Whether this is not all."""
        return self.next_after is not None or not self.is_first

    def __iter__(self) -> Any:
        return iter(self.object_list)

    def __len__(self) -> int:
        return len(self.object_list)


class PagesByKey:
    """For a ListView whose rows are sorted by columns; one that is sorted by anything else keeps page numbers.

    `after` in the address is the key; one that is mangled, or of another sort, is the first page.
    """

    #: How many rows are counted one by one; templates show more as "99+".
    counted: int = COUNTED

    def paginate_queryset(self, queryset: QuerySet[Any], page_size: int) -> Any:
        """Return paginator, page, rows and whether there are other pages, as Django's views expect it."""
        order = _order_of(queryset)
        if not order:
            return super().paginate_queryset(queryset, page_size)  # type: ignore[misc]
        after = _values(queryset.model, order, self.request.GET.get("after", ""))  # type: ignore[attr-defined]
        beyond = queryset.filter(_beyond(order, after)) if after else queryset
        rows = list(beyond.order_by(*order)[: page_size + 1])
        more = len(rows) > page_size
        # The database stops counting where the page does.
        number = len(rows) if not more and not after else queryset.order_by()[: self.counted + 1].count()
        paginator = KeyPaginator(queryset, counted=number, most=self.counted, num_pages=2 if more else 1)
        page = KeyPage(rows[:page_size], _key(rows[page_size - 1], order) if more else None, not after, paginator)
        return paginator, page, page.object_list, page.has_other_pages()


def _order_of(queryset: QuerySet[Any]) -> tuple[str, ...]:
    """Return the columns a list is sorted by, the primary key last; nothing where it is not sorted by its columns."""
    given = [name for name in queryset.query.order_by if isinstance(name, str)]
    columns = {field.attname for field in queryset.model._meta.concrete_fields} | {"pk"}
    if not given or len(given) < len(queryset.query.order_by) or not columns.issuperset(n.lstrip("-") for n in given):
        return ()
    if given[-1].lstrip("-") in ("pk", "id"):
        return tuple(given)
    return (*given, "-pk" if given[-1].startswith("-") else "pk")


def _key(row: Model, order: Sequence[str]) -> str:
    values = [_plain(getattr(row, name.lstrip("-"))) for name in order]
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value if isinstance(value, int) else str(value)


def _values(model: type[Model], order: Sequence[str], after: str) -> dict[str, Any]:
    """Return the values a key names, by column; nothing for a key that is missing or was tampered with."""
    try:
        values = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
        if not isinstance(values, list) or len(values) != len(order):
            return {}
        return {name: _field(model, name).to_python(value) for name, value in zip(order, values, strict=True)}
    except (binascii.Error, UnicodeError, ValueError, TypeError, OverflowError, ValidationError):
        return {}


def _field(model: type[Model], name: str) -> Any:
    plain = name.lstrip("-")
    return model._meta.pk if plain == "pk" else model._meta.get_field(plain)


def _beyond(order: Sequence[str], after: dict[str, Any]) -> Q:
    """Return what comes behind a row. The first column's bound is said once more: by that an index is entered."""
    found, same = Q(), Q()
    for name in order:
        plain, further = name.lstrip("-"), "lt" if name.startswith("-") else "gt"
        found |= same & Q(**{f"{plain}__{further}": after[name]})
        same &= Q(**{plain: after[name]})
    first = order[0]
    return found & Q(**{f"{first.lstrip('-')}__{'lte' if first.startswith('-') else 'gte'}": after[first]})
