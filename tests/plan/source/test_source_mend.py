"""HCL that Terraform takes and python-hcl2 does not."""

from __future__ import annotations

import pytest
from hcl2.api import parses_to_tree
from lark.exceptions import LarkError

from planguard.plan.source.grammar import parse_text
from planguard.plan.source.mend import mend
from planguard.plan.source.template import split_template, unescape

REFUSED = {
    'a = "${~ x ~}"': 'a = "%{~ if true }%{ endif }${( x )}%{ if true }%{ endif ~}"',
    'a = "${~ x } ${ y ~}"': 'a = "%{~ if true }%{ endif }${( x )} ${( y )}%{ if true }%{ endif ~}"',
    'a = "${\n  x # c\n}"': 'a = "${(\n  x # c\n)}"',
    "a = !!x": "a =   x",
    "a = /* c */ 1": "a =         1",
    "a = f(x)-12": "a = f(x)- 12",
    "a = [x -12, -12]": "a = [x - 12, -12]",
    "a = (x\n  - 1)": "a = (x -\n   1)",
    'a = "$${x"\nb = { c = 1 }': 'a = "\\u0024{x"\nb = { c = 1 }',
}


@pytest.mark.parametrize("text", REFUSED)
def test_respelled(text: str) -> None:
    with pytest.raises(LarkError):
        parses_to_tree(text)
    assert mend(text) == REFUSED[text]
    assert mend(text).count("\n") == text.count("\n")
    parse_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "a = 1e-10\nb = x-12\nc = name-1x",
        "# - 1 !! /* */\n// !!\na = 1",
        "a = <<EOT\n!!x ${~ y ~} /* */ -12\nEOT\nb = 2",
        "a = <<-E.O-T\n  !!x\n  E.O-T\r\nb = 2",
        'a = "!!x -12 /* */ %%{ \\" %{ if x ~} b %{ endif }"',
        "/* a\n - b */\na = [\n  1,\n  -1,\n]",
        "a = [\n  x, # c\n  -1\n]",
        "b {\n  x = 1\n}\n",
        '"',
        '"${',
        ")}]~",
        "<<EOT\n",
    ],
)
def test_left_as_it_is(text: str) -> None:
    assert mend(text) in {text, text.replace("${", "${(")}


def test_escapes() -> None:
    assert unescape(r"a\n\r\t\"\\\u00e9\U0001F600 $${x} %%{y}") == 'a\n\r\t"\\é😀 ${x} %{y}'
    assert unescape(r"\ud800\UFFFFFFFF") == "\ufffd\ufffd"


def test_pieces_of_a_template() -> None:
    text = '$${a} ${\nb} %{ if\n c }%{else}%{ for k ,v in\n\n d["}"] ~}%{endfor}%{endif}%{ odd }${ {e = "${f}"} }'
    pieces = [(piece.kind, piece.text.strip(), piece.names) for piece in split_template(text)]
    assert pieces == [
        ("value", "b", ()),
        ("if", "c", ()),
        ("for", 'd["}"]', ("k", "v")),
        ("endfor", "", ()),
        ("value", '{e = "${f}"}', ()),
    ]
