"""``planguard access``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from planguard.access.analysis import TOO_COMPLEX, AccessChange, Entry, Undecided, analyse_access
from planguard.access.blast import blast_radius
from planguard.access.compare import compare_documents
from planguard.access.document import is_about_principals
from planguard.access.model import AWS, IDENTITY, RESOURCE, TRUST, Difference, Gap, Subject
from planguard.cli.analysis import Asked, Target, parse_target, read_analysed, write_report
from planguard.cli.law import given_time
from planguard.cli.terminal import Bar, text_style
from planguard.errors import CallError, ExitCode, PlanError
from planguard.plan.sensitive import Redactor
from planguard.reports.access_model import AccessDocument, ComparedFiles, access_document, render_access_json
from planguard.reports.access_words import DOCUMENT

FORMATS = ("text", "json", "html")
COMPARE = "compare"
_MOST = 32 * 1024 * 1024


def run_access(words: list[str], asked: Asked, now: str | None) -> ExitCode:
    """``planguard access PLAN``, or ``planguard access compare OLD NEW``.

    :param words: the arguments as they stand on the command line
    :raises PlanguardError: when the call is wrong, or something cannot be read
    """
    target = parse_target(asked, FORMATS)
    time = given_time(now) if now is not None else None
    if words[0] == COMPARE:
        return _run_compare(words[1:], asked, target, time)
    if len(words) > 1:
        raise CallError("more than one plan", "name one plan: an analysis is of one", place=words[0])
    graph, plan = read_analysed(words[0], asked)
    bar = Bar()
    try:
        bar.phase("comparing access")
        change = analyse_access(graph, now=time, progress=bar.advance)
        bar.phase("measuring the blast radius")
        blast = blast_radius(graph, now=time)
    finally:
        bar.close()
    document = access_document(change, graph.redactor, plan=plan, blast=blast)
    _write(document, asked, target, can_have_source=graph.recovery is None)
    return ExitCode.ALLOWED


def _write(document: AccessDocument, asked: Asked, target: Target, *, can_have_source: bool = False) -> None:
    if target.format == "json":
        content = render_access_json(document)
    elif target.format == "html":
        from planguard.reports.access_html import render_access_html

        content = render_access_html(document)
    else:
        from planguard.reports.access_text import render_access_text
        from planguard.reports.text import Style

        style = text_style(verbose=asked.verbose) if target.file is None else Style(verbose=asked.verbose)
        content = render_access_text(document, style, can_have_source=can_have_source).encode(
            "utf-8", "backslashreplace"
        )
    write_report(content, target)


# -- two policy documents ------------------------------------------------------------------------------------------


def _run_compare(words: list[str], asked: Asked, target: Target, now: datetime | None) -> ExitCode:
    if len(words) != 2:
        raise CallError("two policy documents are compared", "planguard access compare OLD.json NEW.json")
    for name, value in (
        ("source", asked.source),
        ("env", asked.purpose.environment),
        ("project", asked.purpose.project),
        ("workspace", asked.purpose.workspace),
        ("policy", asked.policy),
        ("terraform-bin", asked.terraform_bin),
    ):
        if value is not None:
            raise CallError(f"--{name} is about a plan, and says nothing about two policy documents")
    old, new = map(_read_document, words)
    try:
        found = compare_documents(old, new, names=(words[0], words[1]), now=now)
    except ValueError as error:
        raise CallError(str(error), "both are to be policy documents of AWS, of one kind") from None
    change = _change(found, Subject(AWS, _plane(old, new), words[1], "", DOCUMENT))
    files = ComparedFiles(words[0], words[1])
    _write(access_document(change, Redactor(), files=files), asked, target)
    if change.new:
        return ExitCode.BLOCKED
    return ExitCode.EVALUATION_FAILED if change.possible or change.undetermined else ExitCode.ALLOWED


def _change(found: Difference, subject: Subject) -> AccessChange:
    new, removed, possible = (
        tuple(Entry(subject, region) for region in regions) for regions in (found.new, found.removed, found.possible)
    )
    gaps = (Gap(TOO_COMPLEX, "", "", found.too_complex),) if found.too_complex else ()
    return AccessChange(new, removed, possible, tuple(Undecided(subject, gap) for gap in gaps), 1, 1)


def _plane(old: dict[str, Any], new: dict[str, Any]) -> str:
    """Which kind of policy two documents are: what they say of principals, and of roles, tells."""
    if not (is_about_principals(old) or is_about_principals(new)):
        return IDENTITY
    return TRUST if _is_of_trust(old) and _is_of_trust(new) else RESOURCE


def _is_of_trust(document: dict[str, Any]) -> bool:
    """Whether nothing in a document has a resource: only the policy that says who may become a role leaves it out."""
    for key, value in document.items():
        if key.lower() == "statement":
            statements = value if isinstance(value, list) else [value]
            return not any(name.lower() in {"resource", "notresource"} for one in statements for name in one)
    return True


def _read_document(name: str) -> dict[str, Any]:
    """One policy document.

    :raises CallError: when it cannot be read, or is no JSON object
    """
    import json

    from planguard.plan.duplicate import walk

    try:
        with Path(name).open("rb") as file:
            content = file.read(_MOST + 1)
    except OSError as error:
        raise CallError(f"cannot be read: {(error.strerror or 'unknown').lower()}", place=name) from None
    if len(content) > _MOST:
        raise CallError("is too large for a policy document", place=name)
    try:
        document = json.loads(content)
        walk(content, place=name)
    except PlanError as error:
        raise CallError(error.message, error.hint, place=name) from None
    except (ValueError, RecursionError):
        raise CallError("is no JSON", "name a file that holds a policy document", place=name) from None
    if not isinstance(document, dict):
        raise CallError("is no policy document", "its JSON is to be an object with a `Statement`", place=name)
    return document
