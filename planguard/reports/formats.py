"""Every format of ``planguard check`` by its name. A renderer is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from planguard.reports.model import Report

if TYPE_CHECKING:
    from planguard.reports.html import Pictures
    from planguard.reports.text import Style

_RENDERERS = {
    "json": ("json", "render_json"),
    "sarif": ("sarif", "render_sarif"),
    "sarif-github": ("sarif_github", "render_sarif_github"),
    "junit": ("junit", "render_junit"),
    "gitlab": ("gitlab", "render_gitlab"),
    "gitlab-sast": ("gitlab_sast", "render_gitlab_sast"),
    "github": ("github", "render_github"),
    "github-summary": ("markdown", "render_github_summary"),
    "markdown": ("markdown", "render_markdown"),
    "html": ("html", "render_html"),
    "atlantis": ("atlantis", "render_atlantis"),
}
_WITH_PLACES = frozenset({"sarif", "sarif-github", "junit", "gitlab", "gitlab-sast", "github"})

FORMAT_NAMES = ("text", *_RENDERERS)


def render(
    name: str,
    report: Report,
    *,
    style: Style | None = None,
    source_root: str = "",
    pictures: Pictures | None = None,
) -> bytes:
    """A report in a format.

    :param name: one of :data:`FORMAT_NAMES`
    :param style: how a text may look
    :param pictures: what is around violations, for the page
    :param source_root: where the source stands below the root of the repository, for formats that point into it
    """
    if name == "text":
        from planguard.reports.text import Style, render_text

        return render_text(report, style or Style()).encode("utf-8", "backslashreplace")
    module, function = _RENDERERS[name]
    renderer: Callable[..., bytes] = getattr(import_module(f"planguard.reports.{module}"), function)
    if pictures and name == "html":
        return renderer(report, pictures)
    if source_root and name in _WITH_PLACES:
        return renderer(report, source_root=source_root)
    return renderer(report)
