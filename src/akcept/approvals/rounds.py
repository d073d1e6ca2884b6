"""How the steps of a case differ from those somebody saw: they start anew with others when an order or rules change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from akcept.approvals import sentences
from akcept.approvals.models import Case, Step
from akcept.approvals.rules import key_of
from akcept.organizations.asking import Ask
from akcept.organizations.pseudonyms import shown


@dataclass(frozen=True, slots=True, kw_only=True)
class StepInWords:
    """Whom a step asks, in words, and the name of the rule that wants it; `same`: both sides have such a step."""

    words: str
    rule: str
    same: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherSteps:
    """The steps somebody saw, those there are now, and the case's version that brought them."""

    before: tuple[StepInWords, ...]
    now: tuple[StepInWords, ...]
    case_version: int


def other_steps(seen: Mapping[Case, int]) -> dict[int, OtherSteps]:
    """Return, by order id, how steps differ from those of the versions seen, where they do.

    Two statements for all cases together, none while none has started anew. A version of 0 or below nobody saw.
    """
    anew = {case.pk: case for case, version in seen.items() if case.round > 1 and version > 0}
    versions = {case.pk: version for case, version in seen.items()}
    rounds: dict[int, dict[int, list[Step]]] = {pk: {} for pk in anew}
    if anew:
        for step in Step.objects.filter(case__in=anew).order_by("round", "position").prefetch_related("selectors"):
            rounds[step.case_id].setdefault(step.round, []).append(step)
    compared = {pk: _compared(rounds[pk], now=case.round, version=versions[pk]) for pk, case in anew.items()}
    return {pk: found for pk, found in compared.items() if found is not None}


def _compared(rounds: Mapping[int, Sequence[Step]], *, now: int, version: int) -> OtherSteps | None:
    known = [number for number, steps in rounds.items() if steps[0].case_version <= version]
    if not known or max(known) == now or now not in rounds:
        return None
    before, after = rounds[max(known)], rounds[now]
    if [_key(step) for step in before] == [_key(step) for step in after]:
        return None
    return OtherSteps(before=_asked(before, after), now=_asked(after, before), case_version=after[0].case_version)


def _asked(steps: Sequence[Step], others: Sequence[Step]) -> tuple[StepInWords, ...]:
    theirs = {_key(step) for step in others}
    return tuple(
        StepInWords(
            words=sentences.asked([replace(ask, label=shown(ask.label)) for ask in _asks(step)], step.quorum),
            rule=step.rule,
            same=_key(step) in theirs,
        )
        for step in steps
    )


def _asks(step: Step) -> list[Ask]:
    return [selector.ask for selector in step.selectors.all()]


def _key(step: Step) -> tuple[object, int]:
    return key_of(_asks(step)), step.quorum
