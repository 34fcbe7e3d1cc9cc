"""What a pod shares with the node that it runs on."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, violation

from ..identity._kubernetes_manifest import field, spelt
from ..identity._kubernetes_pods import pods


def shared(workload: Resource, name: str, what: str) -> Iterator[Violation]:
    """A violation for a pod that shares a namespace of its node.

    :param name: the attribute that says so
    :param what: the namespace, as a message calls it
    """
    for path, pod in pods(workload):
        if field(pod, name):
            yield violation(f"{path}.{spelt(pod, name)}", f"shares the {what} namespace of its node")
