"""Duties as JSON: the shape that the command, the API and other systems share."""

from datetime import date
from typing import Any

from services.regulation.duties.difference import Difference
from services.regulation.duties.duty import Duty


def as_json(duty: Duty) -> dict[str, Any]:
    """One duty; days as 2026-11-23, absent ones as null."""
    return {
        "code": duty.code,
        "title": duty.title,
        "topic": duty.topic,
        "plain": duty.plain,
        "state": duty.state.value,
        "state_words": duty.state_words,
        "severity": duty.severity.value,
        "category": duty.category,
        "zero_tolerance": duty.zero_tolerance,
        "because": duty.because,
        "citation": duty.citation,
        "document": duty.document.key,
        "article": duty.article,
        "version": duty.version_id,
        "unverified": duty.unverified,
        "period": duty.period.value,
        "period_key": duty.period_key,
        "starts_on": _day(duty.starts_on),
        "due_on": _day(duty.due_on),
        "reminds_on": [day.isoformat() for day in duty.reminds_on],
        "how": list(duty.how),
        "evidence": list(duty.evidence),
        "good_evidence": list(duty.good_evidence),
        "consequence": duty.consequence,
    }


def difference_as_json(difference: Difference) -> dict[str, Any]:
    """What comes, goes and changes, and the sentence that says it."""
    return {
        "sentence": difference.sentence,
        "causes": list(difference.causes),
        "added": [as_json(duty) for duty in difference.added],
        "removed": [as_json(duty) for duty in difference.removed],
        "changed": [
            {
                "code": change.after.code,
                "words": change.words,
                "before": as_json(change.before),
                "after": as_json(change.after),
            }
            for change in difference.changed
        ],
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
