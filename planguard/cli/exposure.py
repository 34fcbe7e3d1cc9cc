"""``planguard exposure``."""

from __future__ import annotations

from importlib import import_module

from planguard.cli.analysis import Asked, parse_target, read_analysed, write_report
from planguard.cli.terminal import Bar, text_style
from planguard.errors import ExitCode
from planguard.exposure.analysis import analyse_exposure
from planguard.reports.exposure_model import ExposureDocument, exposure_document, render_exposure_json

FORMATS = ("text", "json", "svg", "html")


def run_exposure(argument: str, asked: Asked) -> ExitCode:
    """``planguard exposure PLAN``.

    :raises PlanguardError: when the call is wrong, or the plan cannot be read
    """
    target = parse_target(asked, FORMATS)
    graph, plan = read_analysed(argument, asked)
    bar = Bar()
    try:
        bar.phase("comparing exposure")
        document = exposure_document(analyse_exposure(graph), graph, plan)
    finally:
        bar.close()
    style = text_style(verbose=asked.verbose)
    if target.file is not None:
        from planguard.reports.text import Style

        style = Style(verbose=asked.verbose)
    if target.format == "text":
        from planguard.reports.exposure_text import render_exposure_text

        content = render_exposure_text(document, style, can_have_source=graph.recovery is None).encode(
            "utf-8", "backslashreplace"
        )
    else:
        content = _rendered(document, target.format)
    write_report(content, target)
    return ExitCode.ALLOWED


def _rendered(document: ExposureDocument, format_: str) -> bytes:
    if format_ == "json":
        return render_exposure_json(document)
    render = getattr(import_module(f"planguard.reports.exposure_{format_}"), f"render_exposure_{format_}")
    found: str | bytes = render(document)
    return found.encode("utf-8", "backslashreplace") if isinstance(found, str) else found
