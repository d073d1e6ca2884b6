"""Lists as somebody wants them again: kept by name, each person's own, a dozen a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from akcept.kernel import typed
from akcept.kernel.clock import utc_now
from akcept.ui.forms import LineField
from akcept.ui.models import SavedView

#: How many somebody keeps of one list: they stand beside each other above it.
MOST: Final = 12
#: Characters of the address that is kept.
QUERY_LIMIT: Final = 1_000
#: Parameters that say where in the list one is, not what is in it.
_PLACES: Final = frozenset({"after", "page"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A saved view as a page shows it: `address` is the list's own, narrowed so; `current`: it is what one looks at."""

    id: int
    name: str
    address: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Views:
    """The saved views of a list, and what can be kept of it now: nothing while it is not narrowed, or kept already."""

    rows: tuple[Kept, ...]
    action: str
    new: str


def of(request: HttpRequest, page: str, *, lists: str, keeps: str, narrowed: bool) -> Views:
    """Return the visitor's views of a list; one statement. `lists` and `keeps` name the URLs of list and saving."""
    asked = _asked(request.GET)
    found = SavedView.objects.filter(user_id=_key(request), page=page).order_by("name", "pk")[:MOST]
    rows = tuple(
        Kept(id=row.pk, name=row.name, address=_address(lists, row.query), current=row.query == asked) for row in found
    )
    fresh = narrowed and not any(row.current for row in rows)
    return Views(rows=rows, action=reverse(keeps), new=_encoded(asked) if fresh else "")


class _NameForm(forms.Form):
    name = LineField(
        max_length=60,
        error_messages={
            "required": gettext_lazy("Give the view a name."),
            "max_length": gettext_lazy("The name of a view has at most %(limit_value)d characters."),
        },
    )


def answered(request: HttpRequest, page: str, *, lists: str) -> HttpResponse:
    """Keep or remove a view of the visitor's and lead back to the list; a name that is taken is kept anew.

    What cannot be kept is said there, and the list stays narrowed.
    """
    if key := request.POST.get("remove", ""):
        if key.isdecimal() and len(key) < 19:
            SavedView.objects.filter(pk=int(key), user_id=_key(request), page=page).delete()
        return redirect(lists)
    form = _NameForm(request.POST)
    typed_query = request.POST.get("query", "")
    query = _asked(QueryDict(typed_query[:QUERY_LIMIT]))
    if len(typed_query) > QUERY_LIMIT:
        messages.error(request, _("This search is too long to be saved."))
    elif refusal := _refusal(form, request.user, page):
        messages.error(request, refusal)
    else:
        name = typed.line(form.cleaned_data["name"])
        row = SavedView(user_id=_key(request), page=page, name=name, query=query, saved_at=utc_now())
        SavedView.objects.bulk_create(
            [row],
            update_conflicts=True,
            unique_fields=["user", "page", "name"],
            update_fields=["query", "saved_at"],
        )
        messages.success(request, _("The view “%(name)s” is saved.") % {"name": name})
    return redirect(_address(lists, query))


def _refusal(form: _NameForm, user: Any, page: str) -> str:
    if not form.is_valid():
        return str(form.errors["name"][0])
    if not typed.line(form.cleaned_data["name"]):
        return _("Give the view a name.")
    others = SavedView.objects.filter(user_id=user.pk, page=page)
    if others.exclude(name=typed.line(form.cleaned_data["name"])).count() >= MOST:
        return _("You have %(n)d saved views of this list already. Remove one first.") % {"n": MOST}
    return ""


def _key(request: HttpRequest) -> int:
    """Return the visitor's key: lists are shown, and kept, for whoever has logged in."""
    return int(request.user.pk or 0)


def _asked(query: QueryDict) -> dict[str, list[str]]:
    return {name: values for name, values in query.lists() if name not in _PLACES and any(values)}


def _address(lists: str, query: dict[str, list[str]]) -> str:
    return f"{reverse(lists)}?{_encoded(query)}"


def _encoded(query: dict[str, list[str]]) -> str:
    made = QueryDict(mutable=True)
    for name, values in sorted(query.items()):
        made.setlist(name, values)
    return made.urlencode()
