"""Examples of changes in which little differs between before and after."""

from __future__ import annotations


def edited(text: str, old: str, new: str, **replaces: str) -> tuple[str, str, dict[str, str]]:
    """One that says something else in one place.

    :param replaces: the resources that are replaced (``aws_kms_key__main``), each with the attribute that forces it
    """
    if old not in text:
        raise ValueError(f"`{old}` is not in the example")
    return text, text.replace(old, new), {address.replace("__", "."): path for address, path in replaces.items()}


def dropped(text: str, kept: str = "") -> tuple[str, str]:
    """One that leaves something out, and keeps the rest."""
    return kept + text, kept
