"""`manage.py explain NUMBER`: why an order goes the way it does, rule by rule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from akcept.approvals import sentences
from akcept.approvals.routing import Finding, Verdict
from akcept.kernel.errors import NotFound
from akcept.ordering.routing.explaining import Explained, explain
from akcept.organizations.wording import money
from akcept.transactions import commanding


class Command(commanding.Command):
    """Explains the routing of one order."""

    help = "Says why an order was asked about or not: the rules that bound it, each condition and value, and its steps."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument("number", help="the order's number")

    def handle(self, *, number: str, **_options: Any) -> None:
        """Print the explanation."""
        try:
            found = explain(number)
        except NotFound as refusal:
            raise CommandError(str(refusal)) from None
        for line in _lines(found):
            self.stdout.write(line)


def _lines(found: Explained) -> Iterator[str]:
    placement = found.placement
    where = ", ".join(filter(None, (found.requester, placement.unit.name if placement.unit else "")))
    value = _("%(value)s net") % {"value": money(placement.total_net, placement.currency)}
    yield f"{placement.number}: {where}, {value}"
    if found.kept is None:
        yield _("No rule applied to it.")
    else:
        yield _("Version %(number)d of the rules:") % {"number": found.kept.policy_version or 0}
        for finding in found.kept.findings:
            yield from _finding(finding)
    if not found.steps:
        yield _("It went to the shop without anybody being asked.")
    for step in found.steps:
        yield f"{step.position}. {step.asks}"
        yield f"   {step.why}"


def _finding(finding: Finding) -> Iterator[str]:
    verdict = {
        Verdict.MATCHED: _("matches"),
        Verdict.UNCLEAR: _("cannot be told"),
        Verdict.FAILED: _("does not match"),
        Verdict.NOT_REACHED: _("not looked at"),
    }[finding.verdict]
    yield f"  {finding.rule.name}: {verdict}"
    for check in finding.checks:
        mark = {True: "+", False: "-", None: "?"}[check.found]
        yield f"    {mark} {sentences.of_check(check)}"
    if finding.verdict in (Verdict.MATCHED, Verdict.UNCLEAR):
        yield f"    > {sentences.then(finding.rule, once=finding.once)}"
