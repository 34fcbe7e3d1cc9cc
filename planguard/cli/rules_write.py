"""``planguard rules new`` and ``rules docs``."""

from __future__ import annotations

import re
from pathlib import Path

from planguard.cli.check import RuleChoice
from planguard.cli.terminal import write_stdout, write_whole
from planguard.engine.metadata import ID, near
from planguard.engine.rule import DOMAINS, SEVERITIES
from planguard.errors import CallError, ExitCode

_FORMS = ("yaml", "python")


def run_new(identity: str, folder: Path, *, form: str, resource: str | None, domain: str, severity: str) -> None:
    """Write the file of a new rule.

    :raises CallError: when the id is none, an option names nothing, or the file is there already
    """
    from planguard.reports.rule_template import guessed_type, render_template

    if not ID.fullmatch(identity):
        raise CallError(
            f"`{identity}` is not a rule id",
            "lower-case words joined by hyphens that name what is bad, such as `aws-sqs-queue-retention-short`",
        )
    for option, value, known in (
        ("--kind", form, _FORMS),
        ("--domain", domain, DOMAINS),
        ("--severity", severity, SEVERITIES),
    ):
        if value not in known:
            raise CallError(f"{option} `{value}` is not one", near(value, known))
    kind = resource or guessed_type(identity)
    _refuse_unknown_type(kind)
    name = identity.replace("-", "_")
    path = folder / (f"{name}.yaml" if form == "yaml" else f"{name}.py")
    if path.exists():
        raise CallError("there is a file here already", "choose another id, or another --dir", place=str(path))
    text = render_template(identity, form=form, resource=kind, domain=domain, severity=severity)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CallError(f"cannot be made: {(error.strerror or 'unknown').lower()}", place=str(folder)) from None
    write_whole(path, text.encode())
    write_stdout(
        f"wrote {path}, a rule for {kind}\n"
        f"next: say what it means, then `planguard rules test {folder}` until it is green,\n"
        f"      then `planguard check PLAN --rules {folder}`\n".encode()
    )


def _refuse_unknown_type(kind: str) -> None:
    if not re.fullmatch(r"(?:data\.)?[a-z][a-z0-9]*_[a-z0-9_]+", kind):
        raise CallError(f"--resource `{kind}` is not a resource type", "such as `aws_sqs_queue`")
    from difflib import get_close_matches

    from planguard.engine.attributes import PROVIDERS
    from planguard.schema import resource_kinds

    covered = kind.removeprefix("data.").split("_", 1)[0] in PROVIDERS
    if covered and kind not in resource_kinds():
        close = get_close_matches(kind, sorted(resource_kinds()), n=1, cutoff=0.6)
        raise CallError(f"--resource `{kind}`: no provider has it", f"did you mean `{close[0]}`?" if close else None)


def run_docs(choice: RuleChoice, folder: Path, *, check: bool) -> ExitCode:
    """Write a page a rule and the index, or say which pages are not what would be written.

    :returns: BLOCKED where pages are stale and only that was asked
    :raises CallError: when a page cannot be written
    """
    from planguard.reports.rule_docs import HAND_WRITTEN, render_pages

    there = {path.name for path in folder.glob("*.md")} if folder.is_dir() else set()
    pages = render_pages(choice.load(examples=True).rules, there & HAND_WRITTEN.keys())
    gone = sorted(there - pages.keys() - HAND_WRITTEN.keys())
    stale = sorted(name for name, text in pages.items() if name not in there or _read(folder / name) != text)
    if check:
        lines = [*(f"stale  {folder / name}" for name in stale), *(f"gone   {folder / name}" for name in gone)]
        lines.append(f"{len(pages)} pages, {len(stale)} stale, {len(gone)} of rules that are gone")
        write_stdout(("\n".join(lines) + "\n").encode())
        return ExitCode.BLOCKED if stale or gone else ExitCode.ALLOWED
    folder.mkdir(parents=True, exist_ok=True)
    for name in stale:
        write_whole(folder / name, pages[name].encode())
    for name in gone:
        (folder / name).unlink()
    write_stdout(f"{len(pages)} pages in {folder}: {len(stale)} written, {len(gone)} removed\n".encode())
    return ExitCode.ALLOWED


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
