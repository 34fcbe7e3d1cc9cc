"""What a plan is for, as far as the caller says."""

from __future__ import annotations

import msgspec


class Purpose(msgspec.Struct, frozen=True):
    """What a plan is for.

    :ivar environment: ``--env``; where it is None, policy tells it from the plan
    """

    project: str | None = None
    workspace: str | None = None
    environment: str | None = None
