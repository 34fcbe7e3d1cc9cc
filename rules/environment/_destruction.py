"""How a plan destroys an object, in words."""

from __future__ import annotations

from planguard import Change, Resource

_REASONS = {
    "replace_because_tainted": "because it is tainted",
    "replace_by_request": "because it was asked for with -replace",
    "replace_by_triggers": "because of `replace_triggered_by`",
}
_NO_COPY = ("skip_final_snapshot", "skip_final_backup", "force_destroy", "force_delete", "delete_contents_on_destroy")


def cause(change: Change) -> tuple[str, str]:
    """The attribute that forces a replacement, empty when there is none, and the replacement, in words."""
    paths = sorted(change.replace_paths)
    paths = [path for path in paths if not any(other.startswith((f"{path}[", f"{path}.")) for other in paths)]
    if paths:
        return paths[0], "replacement forced by " + ", ".join(f"`{path}`" for path in paths)
    return "", f"replacement {_REASONS.get(change.reason, '')}".strip()


def order(change: Change) -> str:
    """What is to be said of the order in which old and new object come and go."""
    return "; the new one is made first, but nothing moves over by itself" if creates_first(change) else ""


def creates_first(change: Change) -> bool:
    """Whether the new object is there before the old one is destroyed."""
    return change.actions[:1] == ("create",)


def leftover(change: Change) -> str:
    """What is to be said of an object that an earlier replacement has left behind."""
    return ", in an object that an earlier replacement left behind (deposed)" if change.is_deposed else ""


def unhindered(store: Resource) -> str:
    """Which of its settings say that no copy is kept and no content is in the way."""
    found = [name for name in _NO_COPY if store.get(name) == True]  # noqa: E712
    if store.get("recovery_window_in_days") == 0:
        found.append("recovery_window_in_days = 0")
    names = ", ".join(f"`{name}`" for name in found)
    return f", with {names}" if names else ""
