"""Which mails somebody gets: a page of their own account, whatever organisation they act in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from akcept.organizations import actions, queries
from akcept.organizations.mailing import MailChoices, Topic
from akcept.organizations.visitor import actor_of
from akcept.storefront import refusals

TOPICS = (
    (Topic.ASKED, _("Orders waiting for your decision"), _("When you are asked to accept one.")),
    (
        Topic.REMINDERS,
        _("Reminders and warnings"),
        _("When an order has been waiting for days, nobody closer decides, or it is about to expire."),
    ),
    (Topic.OWN, _("Your own orders"), _("Received, accepted, rejected, sent back, changed.")),
    (Topic.COMMENTS, _("Comments"), _("When somebody writes on an order that concerns you.")),
    (
        Topic.ADMINISTRATION,
        _("For administrators"),
        _("When nobody may decide on an order, or a budget runs out."),
    ),
)


class NotificationsForm(forms.Form):
    """A switch a topic, and when mails come."""

    daily = forms.ChoiceField(
        label=_("When"),
        choices=[("", _("Immediately, one e-mail per event")), ("1", _("Once a day at seven, all in one e-mail"))],
        required=False,
        widget=forms.RadioSelect({"class": "form-check-input"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Add the switches."""
        super().__init__(*args, **kwargs)
        for topic, label, help_text in TOPICS:
            self.fields[topic.value] = forms.BooleanField(label=label, help_text=help_text, required=False)

    def switches(self) -> list[forms.BoundField]:
        """Return the topics' fields for the page."""
        return [self[topic.value] for topic in Topic]

    def chosen(self) -> MailChoices:
        """Return what was chosen."""
        muted = frozenset(topic for topic in Topic if not self.cleaned_data[topic.value])
        return MailChoices(muted=muted, daily=self.cleaned_data["daily"] == "1")


@refusals.page
def notifications(request: HttpRequest) -> HttpResponse:
    """Show and change the choices."""
    actor = actor_of(request)
    assert actor.user_id is not None  # noqa: S101  the page is for whoever is logged in
    choices = queries.mail_choices_of(actor.user_id)
    initial: dict[str, Any] = {topic.value: topic not in choices.muted for topic in Topic}
    form = NotificationsForm(request.POST or None, initial={**initial, "daily": "1" if choices.daily else ""})
    if request.method == "POST" and form.is_valid():
        actions.choose_mails(actor, form.chosen())
        messages.success(request, gettext("Saved."))
        return redirect("akcept:notifications")
    return render(request, "akcept/notifications.html", {"form": form}, status=422 if form.errors else 200)
