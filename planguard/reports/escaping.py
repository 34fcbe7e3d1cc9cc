"""Text of a plan, a policy or a rule, made harmless for the format that it goes into.

Every piece begins with :func:`planguard.reports.text.plain`: one line, no control character, nothing that turns round
or hides what is beside it. What a format treats as markup is taken out on top of that.
"""

from __future__ import annotations

import html
import posixpath
import re
from urllib.parse import quote

from planguard.reports.text import plain

_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_QUIET = frozenset(",;='\"?.-")
_MARKED_DOT = re.compile(r"\.(?=\S)|(?<=^\d)\.|(?<=\d)\.(?=\s)")  # of a number, a name of a host, an item of a list
_FIRST_DASH = re.compile(r"^-")  # of a list, or a line
_HOST = re.compile(r"(?i)\b(www)\.")
_CODE = re.compile(r"`([^`]*[^`\s][^`]*)`")
_REFERRING = frozenset("@#!$%~&^:")
_BREAK = "&#8203;"
_LARGEST_LINE = 2**31 - 1


def clipped(text: str, most: int) -> str:
    """One harmless line of at most so many characters; an ellipsis tells that there was more."""
    line = plain(text)
    return line if len(line) <= most else line[: most - 1] + "…"


def xml_text(text: str) -> str:
    """For XML 1.0, as text or in a quoted attribute. What XML forbids (section 2.2, Char) is spelled out."""
    return html.escape(plain(text), quote=True)


def markdown_text(text: str) -> str:
    """For GitHub and GitLab Flavored Markdown, as prose: every mark is an entity, and so no markup (CommonMark 2.5).

    What stands between backticks is shown as code. Behind what refers to somebody or something (``@``, ``#``, ``!``
    and so on) stands an invisible break, because both services look for references in what was rendered, where an
    entity is a character like any other.
    """
    parts = _CODE.split(plain(text).strip())
    return "".join(markdown_code(part) if number % 2 else _prose(part) for number, part in enumerate(parts))


def _prose(text: str) -> str:
    marked = "".join(
        f"&#{ord(one)};{_BREAK if one in _REFERRING else ''}" if one in _PUNCTUATION and one not in _QUIET else one
        for one in text
    )
    return _FIRST_DASH.sub("&#45;", _MARKED_DOT.sub("&#46;", _HOST.sub(rf"\1&#46;{_BREAK}", marked)))


def markdown_code(text: str) -> str:
    """For Markdown, as code, where both services look for no references; in a cell of a table, too."""
    line = plain(text)
    if not line.strip():
        return "–"
    if "`" in line or "|" in line or "\\" in line or line != line.strip():
        return html_code(line)
    return f"`{line}`"


def html_code(text: str) -> str:
    """For Markdown and for HTML within Markdown, as code: every mark is an entity."""
    marked = "".join(f"&#{ord(one)};" if one in _PUNCTUATION else one for one in plain(text))
    return f"<code>{marked}</code>"


def workflow_data(text: str) -> str:
    """For the message of a workflow command (GitHub, "Workflow commands", escaping of data).

    The runner looks for the older ``##[command]`` anywhere in a line.
    """
    return plain(text).replace("##[", "## [").replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def workflow_property(text: str) -> str:
    """For a property of a workflow command."""
    return workflow_data(text).replace(":", "%3A").replace(",", "%2C")


def relative_path(file: str, root: str = "") -> str:
    """A path as the services want it: with slashes, without ``./`` in front; below ``root`` unless it is absolute."""
    path = file.replace("\\", "/") if _DRIVE.match(file) else file
    if root and not path.startswith("/") and not _DRIVE.match(path):
        path = f"{root.rstrip('/')}/{path}"
    return posixpath.normpath(path) if path else "plan"


def uri_of(file: str, root: str = "") -> str:
    """A path as a URI reference (RFC 3986): relative ones stay so, absolute ones become ``file:`` URIs."""
    path = relative_path(file, root)
    if _DRIVE.match(path):
        return f"file:///{path[0]}:{quote(path[2:], errors='replace')}"
    quoted = quote(path, errors="replace")
    return f"file://{quoted}" if path.startswith("/") else quoted


def line_number(line: int | None) -> int:
    """A line that every reader takes: 1 where none is known."""
    return min(max(line or 1, 1), _LARGEST_LINE)
