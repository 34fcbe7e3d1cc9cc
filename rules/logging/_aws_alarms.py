"""Metric filters over the log group of a trail, and the alarms on what they count."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from planguard import Resource, Violation, is_unknown, violation

_FILTER = "aws_cloudwatch_log_metric_filter"
_ALARM = "aws_cloudwatch_metric_alarm"
_NOISE = re.compile(r"[\s\"'{}()]")


def alarm_gap(trail: Resource, terms: Iterable[str]) -> Iterator[Violation]:
    """What is missing for an alarm on what a trail writes to its log group.

    Looked at are trails that watch all regions, are switched on, and write to a group of this plan: of any other
    group nobody can see here what filters it has.

    :param terms: what the pattern of the filter must ask for, such as ``$.eventName=DeleteTrail``
    """
    if not trail.get("is_multi_region_trail") or not trail.get("enable_logging", True):
        return
    wanted = [_squeezed(term) for term in terms]
    for group in trail.references("aws_cloudwatch_log_group", via="cloud_watch_logs_group_arn"):
        filters = [one for one in group.referrers(_FILTER, via="log_group_name") if _asks_for(one, wanted)]
        if not filters:
            yield violation("", "no metric filter counts it", evidence=[group.address])
        elif not any(_is_alarmed(one) for one in filters):
            yield violation("", "no alarm on the metric filter", evidence=[filters[0].address])


def _asks_for(metric_filter: Resource, terms: list[str]) -> bool:
    pattern = _squeezed(metric_filter.get("pattern", ""))
    parts = re.split(r"&&|\|\|", pattern)
    return all(term in parts for term in terms)


def _squeezed(text: str) -> str:
    """A pattern without what does not change its meaning: spaces, quotes and brackets, and the case."""
    return _NOISE.sub("", text).lower()


def _is_alarmed(metric_filter: Resource) -> bool:
    if metric_filter.referrers(_ALARM, via="metric_name"):
        return True
    names = {block.get("name") for _, block in metric_filter.blocks("metric_transformation")}
    names.add(metric_filter.get("name"))
    return any(_watches(alarm, names) for alarm in metric_filter.others(_ALARM))


def _watches(alarm: Resource, names: set[Any]) -> bool:
    name = alarm.get("metric_name")
    if is_unknown(name) and alarm.references(_FILTER, via="metric_name"):
        return False  # it is that of another filter
    return name in names
