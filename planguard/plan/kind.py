"""What kind of file the user handed us, found out before any of it is believed.

A gate that takes a state, a log or half a plan for a plan finds nothing wrong in it and says *allow*. So everything
but a whole plan is refused here, and named: most of these files came out of Terraform too, one option away from the
right one. Nothing out of a file is ever repeated in a message, except version numbers that look like one.

Source: Terraform's ``internal/command/jsonplan/plan.go`` (plan), ``jsonstate/state.go`` (state), ``views/json``
(stream), ``internal/cloud/remote_plan_json.go`` (redacted plan), ``cloudplan/saved_plan.go`` (bookmark), OpenTofu's
``internal/encryption/base.go``; the rule on versions is in "JSON Output Format", section "Format Versions".
"""

from __future__ import annotations

from typing import Literal

import msgspec

from planguard.errors import NotAPlanError, PlanError

Data = bytes | memoryview
Verdict = Literal["foreign", "unusable", "broken"]
"""foreign: well understood, and something else. unusable: stands for a plan that cannot be judged from it.
broken: damaged."""

HOW = "save the plan with `terraform plan -out=tfplan`, then `terraform show -json tfplan > plan.json`"
_AGAIN = "write it again with `terraform show -json tfplan > plan.json`, and look whether that command failed"


class Trouble(msgspec.Struct, frozen=True):
    """Why bytes are not a plan to decide on: one clause, advice, and how sure it is that they are something else."""

    message: str
    hint: str
    verdict: Verdict = "foreign"


_STREAM = Trouble("the log of `terraform plan -json`, which has no values in it", HOW)
_OTHER_JSON = Trouble("JSON, but not a plan", HOW)
_STATE = Trouble("a state, not a plan", HOW)
_PLAN_TEXT = Trouble("a plan as terraform prints it for people, not as JSON", HOW)

_ARCHIVE = b"PK\x03\x04"


def is_archive(head: bytes) -> bool:
    """Whether a file that begins like this is a zip archive, and so may be a saved plan."""
    return head.startswith(_ARCHIVE)


# Keys at the top level that tell what a JSON object is, in this order.
_BY_KEYS: tuple[tuple[frozenset[str], Trouble], ...] = tuple(
    (frozenset(keys.split()), trouble)
    for keys, trouble in (
        ("@level @message", _STREAM),
        (
            "remote_plan_format run_id",
            Trouble(
                "a bookmark of a plan that is kept in HCP Terraform, not the plan",
                "in the configuration's folder, with admin access to the workspace: "
                "`terraform show -json FILE > plan.json`",
                "unusable",
            ),
        ),
        (
            "plan_format_version provider_schemas",
            Trouble(
                "HCP Terraform's redacted plan, which has neither configuration nor sensitive values",
                "fetch `json-output` instead of `json-output-redacted`, with a token that has admin access",
                "unusable",
            ),
        ),
        (
            "encrypted_data encryption_version",
            Trouble(
                "a plan or state that OpenTofu encrypted",
                "where its key is configured: `tofu show -json FILE > plan.json`",
                "unusable",
            ),
        ),
        ("version serial lineage", Trouble("a state file, not a plan", HOW)),
        ("version terraform_version resources", Trouble("a state file, not a plan", HOW)),
        ("valid diagnostics", Trouble("the answer of `terraform validate -json`, not a plan", HOW)),
        ("provider_schemas", Trouble("the schemas of providers, not a plan", HOW)),
        ("function_signatures", Trouble("the list of terraform's functions, not a plan", HOW)),
        ("provider_selections platform", Trouble("the answer of `terraform version -json`, not a plan", HOW)),
    )
)
_PLAN_KEYS = frozenset({"planned_values", "resource_changes", "configuration"})
_STATE_KEYS = frozenset({"format_version", "terraform_version", "values", "checks"})


class _Key:
    """A key of the top level. Two of the same name stay two keys, so that none of them gets lost."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


def _as_key(_: type, name: str) -> _Key:
    return _Key(name)


_TOP = msgspec.json.Decoder(dict[_Key, msgspec.Raw], dec_hook=_as_key)


def safe_version(text: object) -> str | None:
    """A version number out of a file if it looks like one (and so may be shown), else None."""
    import re

    return text if isinstance(text, str) and re.fullmatch(r"[0-9][0-9A-Za-z.+-]{0,39}", text) else None


def recognise(data: Data, place: str) -> dict[str, msgspec.Raw]:
    """The top-level keys of a plan with their values undecoded, for ``terraform show -json`` of a saved plan.

    The values are views into ``data``, which is decoded once, one level deep. Format versions ``1.*``, ``0.1`` and
    ``0.2`` are known ("JSON Output Format": a new minor version only adds keys).

    :param data: UTF-8 (see :func:`planguard.plan.encoding.to_utf8`)
    :param place: how messages call the input
    :raises NotAPlanError: something other than a plan, a plan of an unknown format, or one that failed half-way
    :raises PlanError: broken: not whole, not JSON, not UTF-8, a key twice
    """
    found = examine(data)
    if isinstance(found, dict):
        return found
    kind = PlanError if found.verdict == "broken" else NotAPlanError
    raise kind(found.message, found.hint, place=place)


def examine(data: Data) -> dict[str, msgspec.Raw] | Trouble:
    """The same as :func:`recognise`, with the reason against it instead of an exception."""
    start = _first_character(data)
    if start is None:
        return Trouble("nothing but white space" if len(data) else "empty", _AGAIN, "broken")
    if data[start] != ord("{"):
        return _describe(bytes(data[start : start + 4096]))
    try:
        pairs = _TOP.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return _explain(error, data, start)
    top = {key.name: value for key, value in pairs.items()}
    if len(top) != len(pairs):
        return Trouble(
            "a key stands twice at the top level, so that two readers could take it for two plans", _AGAIN, "broken"
        )
    return _judge(top) or _not_utf8(data) or top


def _first_character(data: Data) -> int | None:
    """Where the first character stands that is not white space."""
    step = 65536
    for begin in range(0, len(data), step):
        chunk = bytes(data[begin : begin + step])
        rest = chunk.lstrip(b" \t\r\n")
        if rest:
            return begin + len(chunk) - len(rest)
    return None


def _not_utf8(data: Data) -> Trouble | None:
    """Broken UTF-8 anywhere. The decoder passes over values that stay undecoded, and so would not notice."""
    if isinstance(data, bytes) and data.isascii():
        return None
    import codecs

    decoder = codecs.getincrementaldecoder("utf-8")()
    view = memoryview(data)
    step = 65536
    try:
        for begin in range(0, len(view), step):
            decoder.decode(view[begin : begin + step])
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return Trouble("broken UTF-8", _AGAIN, "broken")
    return None


# --- JSON objects --------------------------------------------------------------------------------------------------


def _judge(top: dict[str, msgspec.Raw]) -> Trouble | None:
    """What keeps a whole JSON object from being a plan to decide on."""
    keys = top.keys()
    other = next((trouble for tell, trouble in _BY_KEYS if tell <= keys), None)
    return other or _wrong_version(top) or _wrong_keys(top) or _wrong_outcome(top)


def _wrong_version(top: dict[str, msgspec.Raw]) -> Trouble | None:
    import re

    is_like_a_plan = bool(top.keys() & _PLAN_KEYS)
    raw = top.get("format_version")
    if raw is None:
        return Trouble("a plan without `format_version`", _AGAIN, "broken") if is_like_a_plan else _OTHER_JSON
    try:
        text = msgspec.json.decode(raw) if memoryview(raw).nbytes <= 64 else ""
    except (msgspec.DecodeError, UnicodeDecodeError):
        text = ""
    if not isinstance(text, str):
        wrong = Trouble("a plan whose `format_version` is not a text", _AGAIN, "broken")
        return wrong if is_like_a_plan else _OTHER_JSON
    if re.fullmatch(r"1\.[0-9]{1,9}|0\.[12]", text):
        return None
    version = safe_version(text)
    what = f"JSON in format `{version}`" if version else "JSON in a format"
    hint = "formats 0.1, 0.2 and 1.* are known; a newer planguard may know this one"
    return Trouble(f"{what} that this planguard does not know", hint, "unusable")


def _wrong_keys(top: dict[str, msgspec.Raw]) -> Trouble | None:
    if top.keys() & _PLAN_KEYS:
        return None
    return _STATE if top.keys() <= _STATE_KEYS else _OTHER_JSON


def _wrong_outcome(top: dict[str, msgspec.Raw]) -> Trouble | None:
    errored = bytes(memoryview(top["errored"])[:8]) if "errored" in top else b"false"
    if errored == b"false":
        return None
    if errored == b"true":
        hint = "fix the error and plan again: what this plan leaves out cannot be judged"
        return Trouble("terraform stopped with an error while it made this plan", hint, "unusable")
    return Trouble("`errored` is neither true nor false", _AGAIN, "broken")


# --- text that fails as JSON ---------------------------------------------------------------------------------------


def _explain(error: Exception, data: Data, start: int) -> Trouble:
    """Why bytes that begin with a brace are not one JSON object."""
    if isinstance(error, UnicodeDecodeError):
        return Trouble("broken UTF-8", _AGAIN, "broken")
    if isinstance(error, RecursionError):
        return Trouble("JSON that is nested deeper than any plan", _AGAIN, "broken")
    import re

    found = re.search(r"\(byte ([0-9]+)\)", str(error))
    at = int(found[1]) if found else len(data)
    rest = bytes(data[at : at + 64])
    if "trailing characters" in str(error):
        return _explain_rest(data, start, at - 1)  # msgspec counts the first byte behind as read
    if not rest.strip():
        message = "JSON that breaks off in the middle"
    elif rest.startswith((b"NaN", b"Infinity")):
        message = "JSON with `NaN` or `Infinity`, which terraform never writes"
    else:
        message = f"broken JSON at byte {at}"
    return Trouble(message, _AGAIN, "broken")


def _explain_rest(data: Data, start: int, at: int) -> Trouble:
    """What it means that something follows the first JSON object."""
    try:
        first = {key.name for key in _TOP.decode(data[start:at])}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        first = set()
    rest = bytes(data[at : at + 64]).lstrip()
    if {"@level", "@message"} <= first:
        return _STREAM
    if rest.startswith((b"::", b"##")):
        return msgspec.structs.replace(_WRAPPER, message="a plan with lines of a pipeline behind it")
    if rest.startswith(b"{"):
        return Trouble("more than one JSON document", "give every plan a file of its own", "broken")
    return Trouble("a JSON document with something else behind it", _AGAIN, "broken")


# --- everything else -----------------------------------------------------------------------------------------------

_WRAPPER = Trouble(
    "the output of a pipeline's wrapper around terraform, not only the plan",
    "with hashicorp/setup-terraform, set `terraform_wrapper: false`",
    "broken",
)
_BINARY = Trouble("a binary file", HOW)
_MAGIC: tuple[tuple[bytes | tuple[bytes, ...], Trouble], ...] = (
    ((b"PK\x03\x04", b"PK\x05\x06"), Trouble("a zip archive, but not a saved plan", HOW)),
    (
        (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd"),
        Trouble("a compressed file", "unpack it first", "unusable"),
    ),
    (b"[command]", _WRAPPER),
    (b"<", Trouble("a web page or XML, not a plan", "look whether a download was answered by a login page")),
    (
        b"version https://git-lfs",
        Trouble("a pointer of Git LFS, not the file itself", "fetch the file with `git lfs pull`", "unusable"),
    ),
)
# Looked for at the very beginning, or with (?m) at the beginning of any line.
_SHAPES: tuple[tuple[str, Trouble], ...] = (
    (
        r"\[\s*([]\[{\"]|(null|true|false|-?[0-9.eE+-]+)\s*[],]|\Z)",
        Trouble("a JSON array, not the object that a plan is", HOW),
    ),
    (
        r"(null|true|false|-?[0-9][0-9.eE+-]*|\"([^\"\\\n]|\\.)*\"?)\s*\Z",
        Trouble("a single JSON value, not the object that a plan is", HOW),
    ),
    (
        r"(?m)^((Terraform|OpenTofu) (used the selected providers|will perform|has compared|detected the following)|"
        r"No changes\.|Note: Objects have changed|Plan: \d+ to |Changes to Outputs:|You can apply this plan|"
        r"[^\s{][^\n]{0,300}?: (Refreshing state\.\.\.|Reading\.\.\.|Read complete))",
        _PLAN_TEXT,
    ),
    (
        r"(?m)^[╷│|\s]*(Error|Warning): |^The state file is empty|^No state\.",
        Trouble("a message of terraform, not a plan", _AGAIN, "unusable"),
    ),
    (
        r"(?m)^\s*(terraform|provider|resource|data|module|variable|output|locals|moved|removed|import|check)"
        r"([ \t]+(\"[^\"\n]*\"|[\w-]+))*[ \t]*\{",
        Trouble("the source of a configuration, not a plan", HOW),
    ),
    (r"---\s|%YAML|([\w.\"'-]+:|-[ \t]+[\w.\"'{-]+:?)(\s|\Z)", Trouble("YAML, not the JSON of a plan", HOW)),
)


def _describe(head: bytes) -> Trouble:
    """What a file is that does not begin with a brace."""
    import re

    for magic, trouble in _MAGIC:
        if head.startswith(magic):
            return trouble
    plain = re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", head)
    if any(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in plain):
        return _BINARY
    text = plain.decode("utf-8", "replace").strip().replace("\r\n", "\n")
    for shape, trouble in _SHAPES:
        searching = shape.startswith("(?m)")
        if re.search(shape, text) if searching else re.match(shape, text):
            return trouble
    return Trouble("text, but neither JSON nor a saved plan", HOW)
