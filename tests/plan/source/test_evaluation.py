"""What expressions, blocks and modules come to.

``expressions.tsv`` has expressions beside what ``terraform console`` (1.11.4) gives for them, as JSON; ``refused``
where it reports an error, for which planguard may say unknown or refuse as well.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from planguard.errors import SourceError
from planguard.plan.source import load_source, plan_document, source_from_files

UNKNOWN = "(unknown)"
TABLE = Path(__file__).with_name("expressions.tsv")
ROWS = [line.split("\t") for line in TABLE.read_text(encoding="utf-8").split("\n")[1:] if line]

TYPE = "a list looks like a tuple here, and a map like an object, which are never equal: nobody can say"
LENIENT = "what terraform refuses never comes to a plan, so that a value does no harm"
DIFFERENT: dict[str, tuple[Any, str]] = {
    "[1] == [1]": (UNKNOWN, TYPE),
    "[] == []": (UNKNOWN, TYPE),
    "{a=1} == {a=1}": (UNKNOWN, TYPE),
    'tolist(["a"]) == ["a"]': (UNKNOWN, TYPE),
    "tolist([1]) == tolist([1])": (UNKNOWN, TYPE),
    "tomap({a=1}) == {a=1}": (UNKNOWN, TYPE),
    "{} == tomap({})": (UNKNOWN, TYPE),
    "[] == tolist([])": (UNKNOWN, TYPE),
    "[[]] == [[]]": (UNKNOWN, TYPE),
    "{a=[]} == {a=[]}": (UNKNOWN, TYPE),
    "[null] == [null]": (UNKNOWN, TYPE),
    'coalescelist(null, ["a"])': (["a"], LENIENT),
    'concat(toset(["a"]), ["b"])': (["a", "b"], LENIENT),
    "contains([null], null)": (True, LENIENT),
    'contains(["a"], null)': (False, LENIENT),
    'slice(toset(["a"]), 0, 1)': (["a"], LENIENT),
    'cidrsubnets("::/0", 1)': (["::/1"], LENIENT),
    "[for x in [1] : x if null]": ([], LENIENT),
    'list("a")': (["a"], "releases before 0.15 have it"),
    'map("a", "b")': ({"a": "b"}, "releases before 0.15 have it"),
    'true ? {a=[1]} : {b="x"}': ({"a": [1]}, LENIENT),
    'signum("-1.5")': (-1, LENIENT),
    'jsonencode("\\"\\\\/\\b\\f\\n\\r\\t")': ('"\\"\\\\/\\\\b\\\\f\\n\\r\\t"', LENIENT),
    'lookup(tomap({a = "1"}), "b", 2)': (2, "a map looks like an object here: a default keeps its type"),
    "jsonencode(1/3)": ("0.3333333333333333", "numbers have the precision of a float"),
    "jsonencode(-0.0)": ("0", "there is one zero here"),
    "pow(2, 100)": (2**100, "exact here"),
    "toset([[2],[1]])": ([[2], [1]], "a set of lists keeps its order here; terraform sorts by a hash"),
    'abspath("/a/../b")': (UNKNOWN, "it depends on the machine"),
    'pathexpand("/a/b")': (UNKNOWN, "it depends on the machine"),
    'regex("(?U)a+", "aa")': (UNKNOWN, "nobody swaps greediness"),
    'title("ǆ ßa")': ("Ǆ ßa", "letters with a title case of their own"),
    'format("%#x", 255)': ("ff", "nobody asks for a prefix"),
}


def document(text: str | dict[str, str], **options: Any) -> dict[str, Any]:
    """The plan of a text, or of files, as it is after a way through JSON."""
    files = {"main.tf": text} if isinstance(text, str) else text
    source = source_from_files({name: one.encode() for name, one in files.items()})
    found: dict[str, Any] = json.loads(json.dumps(plan_document(source, **options)))
    return found


def outputs(text: str | dict[str, str], **options: Any) -> dict[str, Any]:
    """The outputs of a plan, :data:`UNKNOWN` for one of which anything is unknown."""
    changes = document(text, **options)["output_changes"]
    return {name: UNKNOWN if one["after_unknown"] else one["after"] for name, one in changes.items()}


def value(expression: str, more: str = "", **options: Any) -> Any:
    """The value of an expression."""
    try:
        return outputs(f'{more}\noutput "v" {{\n  value = {expression}\n}}\n', **options)["v"]
    except SourceError:
        return UNKNOWN


def change(text: str | dict[str, str], address: str, **options: Any) -> dict[str, Any]:
    """The change of a resource."""
    rows = {one["address"]: one["change"] for one in document(text, **options)["resource_changes"]}
    found: dict[str, Any] = rows[address]
    return found


def addresses(text: str | dict[str, str], **options: Any) -> list[str]:
    return [one["address"] for one in document(text, **options)["resource_changes"]]


def in_json(found: Any) -> str:
    return json.dumps(found, sort_keys=True, ensure_ascii=False)


@pytest.mark.parametrize(("expression", "expected"), ROWS, ids=[row[0] for row in ROWS])
def test_expression(expression: str, expected: str) -> None:
    found = value(expression)
    if expression in DIFFERENT:
        assert in_json(found) == in_json(DIFFERENT[expression][0])
        assert in_json(found) != expected
    elif expected == "refused":
        assert found == UNKNOWN
    elif isinstance(known := json.loads(expected), float):
        assert found == pytest.approx(known, rel=1e-12)
    else:
        assert in_json(found) == in_json(known)


def test_every_difference_is_in_the_table() -> None:
    assert DIFFERENT.keys() - {row[0] for row in ROWS} == set()


# --- heredocs: what terraform 1.11.4 gives --------------------------------------------------------------------------

HEREDOCS = {
    '<<EOT\na ${upper("x")}\n  b\nEOT': "a X\n  b\n",
    '<<-EOT\n    a\n      b ${"x"}\n\n    c\n  EOT': "a\n  b x\n\nc\n",
    '<<-E\n    %{ for n in ["a", "b"] ~}\n    - ${n}\n    %{ endfor ~}\n    end\n  E': "    - a\n    - b\n    end\n",
    '<<EOT\n%{ if true }yes%{ else }no%{ endif }\n$${not} %%{this} \\n "q"\nEOT': 'yes\n${not} %{this} \\n "q"\n',
    "<<-EOT\n    x\n    %{ if true ~}\n      y\n    %{ endif }\n    z\n  EOT": "x\n      y\n\nz\n",
    "<<EOT\nEOT": "",
    "<<-EOT\n\ta\n\t  b\n\tEOT": "a\n  b\n",
    "<<EOT\r\na\r\nEOT": "a\n",
}


@pytest.mark.parametrize("text", HEREDOCS)
def test_heredoc(text: str) -> None:
    assert value(text) == HEREDOCS[text]


# --- unknown values -------------------------------------------------------------------------------------------------

ONE = 'resource "x_one" "a" {\n  n = 1\n}\n'
ID = "x_one.a.id"

UNKNOWNS = {
    f"{ID}": UNKNOWN,
    f'"a-${{{ID}}}"': UNKNOWN,
    f"[{ID}, 1][1]": 1,
    f"length([{ID}, 1])": 2,
    f'contains([{ID}, "k"], "k")': True,
    f'contains([{ID}, "k"], "z")': UNKNOWN,
    f"keys({{ a = {ID} }})": ["a"],
    f'lookup({{ a = {ID} }}, "b", "d")': "d",
    f'merge({{ a = 1 }}, {{ b = {ID} }})["a"]': 1,
    f'element([{ID}, "k"], 1)': "k",
    f'concat([{ID}], ["k"])[1]': "k",
    f'coalesce("a", {ID})': "a",
    f'coalesce({ID}, "a")': UNKNOWN,
    f'{ID} == "x" ? "a" : "b"': UNKNOWN,
    f'{ID} == "x" ? "a" : "a"': "a",
    f'{ID} == "x" && false': False,
    f'{ID} == "x" || true': True,
    f'anytrue([{ID} == "a", true])': True,
    f'alltrue([{ID} == "a", true])': UNKNOWN,
    f"length(toset([{ID}]))": UNKNOWN,
    f'{{ ({ID}) = 1 }}': UNKNOWN,
    f'[for k in ["a"] : k if {ID} == "x"]': UNKNOWN,
    f"[for k in {ID} : k]": UNKNOWN,
    f"try({ID}, 1)": UNKNOWN,
    f"can({ID})": UNKNOWN,
    "length(x_one.a.list[*].b)": UNKNOWN,
    f"jsonencode({{ a = {ID} }})": UNKNOWN,
    "x_one.a.n": 1,
    "x_one.nosuch.n": UNKNOWN,
    "var.nosuch": UNKNOWN,
    "local.nosuch": UNKNOWN,
    "module.nosuch.a": UNKNOWN,
    "timestamp()": UNKNOWN,
    "uuid()": UNKNOWN,
    "provider::x::f(1)": UNKNOWN,
    "terraform.workspace": "default",
    "path.module": ".",
    "path.root": ".",
    "path.cwd": UNKNOWN,
    "each.key": UNKNOWN,
}  # fmt: skip


@pytest.mark.parametrize("expression", UNKNOWNS)
def test_what_an_unknown_makes_of_a_value(expression: str) -> None:
    assert value(expression, ONE) == UNKNOWNS[expression]


def test_parts_that_are_unknown_stay_parts() -> None:
    found = document(f'{ONE}output "v" {{\n  value = {{ a = 1, l = [{ID}, "k"] }}\n}}\n')["output_changes"]["v"]
    assert found["after"] == {"a": 1, "l": [None, "k"]}
    assert found["after_unknown"] == {"l": [True, False]}


def test_unknowns_keep_their_references() -> None:
    text = f'{ONE}resource "x_two" "b" {{\n  a = "p-${{{ID}}}"\n  c = upper(var.c)\n  d = "k"\n}}\n'
    resources = document(text)["configuration"]["root_module"]["resources"]
    assert resources[1]["expressions"] == {
        "a": {"references": ["x_one.a.id", "x_one.a"]},
        "c": {"references": ["var.c"]},
        "d": {"constant_value": "k"},
    }
    assert change(text, "x_two.b")["after"] == {"d": "k"}


def test_values_in_a_circle_and_in_a_long_chain() -> None:
    assert value("local.a", "locals {\n  a = local.b\n  b = local.a\n}") == UNKNOWN
    links = "".join(f"  l{n} = local.l{n + 1}\n" for n in range(3000))
    assert value("local.l0", f"locals {{\n{links}  l3000 = 7\n}}") == 7


def test_texts_that_grow_without_end_are_not_built() -> None:
    links = "".join(f'  l{n} = "${{local.l{n + 1}}}${{local.l{n + 1}}}"\n' for n in range(60))
    assert value("local.l0", f'locals {{\n{links}  l60 = "ab"\n}}') == UNKNOWN
    assert value('format("%999999999d", 1)') == UNKNOWN
    assert value('regex("(a*)*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac")') == UNKNOWN


# --- count, for_each, dynamic blocks --------------------------------------------------------------------------------

REPEATED = {
    "count = 2": ["x_two.b[0]", "x_two.b[1]"],
    'count = "1"': ["x_two.b[0]"],
    "count = 0": [],
    "count = true ? 1 : 0": ["x_two.b[0]"],
    f"count = {ID}": ["x_two.b[*]"],
    "count = -1": ["x_two.b[*]"],
    "count = null": ["x_two.b[*]"],
    'for_each = toset(["b", "a"])': ['x_two.b["a"]', 'x_two.b["b"]'],
    "for_each = { k = 1 }": ['x_two.b["k"]'],
    "for_each = {}": [],
    f"for_each = toset([{ID}])": ["x_two.b[*]"],
    f"for_each = {{ k = {ID} }}": ['x_two.b["k"]'],
    'for_each = ["a"]': ["x_two.b[*]"],
    "for_each = x_one.a": ["x_two.b[*]"],
    'for_each = toset(["a\\"b.c[0]"])': ['x_two.b["a\\"b.c[0]"]'],
}


@pytest.mark.parametrize("argument", REPEATED)
def test_instances(argument: str) -> None:
    text = f'{ONE}resource "x_two" "b" {{\n  {argument}\n}}\n'
    assert [one for one in addresses(text) if one != "x_one.a"] == REPEATED[argument]


def test_instances_that_nobody_can_count_are_marked_as_such() -> None:
    text = f'{ONE}resource "x_two" "b" {{\n  count = {ID}\n  i = count.index\n  n = 1\n}}\n'
    row = document(text)["resource_changes"][1]
    assert row["index_unknown"] is True
    assert "index" not in row
    assert row["change"]["after"] == {"n": 1}
    assert row["change"]["after_unknown"] == {"i": True, "id": True}


def test_splats_and_keys_of_instances() -> None:
    text = 'resource "x_c" "c" {\n  count = 2\n  i = count.index\n}\n'
    text += 'resource "x_e" "e" {\n  for_each = { a = "x", b = "y" }\n  v = "${each.key}${each.value}"\n}\n'
    assert value("x_c.c[*].i", text) == [0, 1]
    assert value("x_c.c[1].i", text) == 1
    assert value("x_c.c[2].i", text) == UNKNOWN
    assert value("length(x_c.c)", text) == 2
    assert value('x_e.e["b"].v', text) == "by"
    assert value("{ for k, e in x_e.e : k => e.v }", text) == {"a": "ax", "b": "by"}
    assert value("values(x_e.e)[*].v", text) == ["ax", "by"]


DYNAMIC = """
resource "x_two" "b" {
  rule { n = 0 }
  dynamic "rule" {
    for_each = %s
    iterator = it
    content {
      n = it.value
      dynamic "inner" {
        for_each = [it.key]
        content { k = inner.value }
      }
    }
  }
}
"""


def test_dynamic_blocks() -> None:
    found = change(DYNAMIC % "{ a = 1, b = 2 }", "x_two.b")["after"]
    assert found == {"rule": [{"n": 0}, {"n": 1, "inner": [{"k": "a"}]}, {"n": 2, "inner": [{"k": "b"}]}]}


def test_dynamic_blocks_over_something_unknown() -> None:
    found = change(ONE + DYNAMIC % ID, "x_two.b")
    assert found["after"] == {"rule": [{"n": 0}, None]}
    assert found["after_unknown"]["rule"] == [{}, True]
    block = f'  dynamic "r" {{\n    for_each = {ID}\n    content {{}}\n  }}\n'
    alone = change(f'{ONE}resource "x_two" "b" {{\n{block}}}\n', "x_two.b")
    assert alone["after_unknown"]["r"] is True


# --- modules --------------------------------------------------------------------------------------------------------

MODULES = {
    "main.tf": """
module "m" {
  source   = "./m"
  for_each = { x = 1, y = 2 }
  name     = "${each.key}-${each.value}"
}
module "none" {
  source = "./m"
  count  = 0
  name   = "n"
}
module "far" { source = "registry.example.com/a/b/c" }
output "name" { value = module.m["x"].name }
output "all" { value = { for k, m in module.m : k => m.name } }
output "none" { value = module.none }
output "far" { value = module.far.anything }
output "id" { value = module.m["x"].id }
output "path" { value = module.m["y"].path }
""",
    "m/main.tf": """
variable "name" { type = string }
variable "size" {
  type    = number
  default = "3"
}
resource "x_one" "this" {
  name = upper(var.name)
  size = var.size
}
module "deeper" {
  source = "../deeper"
  names  = [var.name]
}
output "name" { value = x_one.this.name }
output "id" { value = x_one.this.id }
output "path" { value = path.module }
""",
    "deeper/main.tf": """
variable "names" { type = set(string) }
resource "x_deep" "d" {
  for_each = var.names
  k        = each.key
}
""",
}


def test_modules_with_inputs_and_outputs() -> None:
    assert outputs(MODULES) == {
        "name": "X-1",
        "all": {"x": "X-1", "y": "Y-2"},
        "none": [],
        "far": UNKNOWN,
        "id": UNKNOWN,
        "path": "m",
    }
    assert addresses(MODULES) == [
        'module.m["x"].x_one.this',
        'module.m["y"].x_one.this',
        'module.m["x"].module.deeper.x_deep.d["x-1"]',
        'module.m["y"].module.deeper.x_deep.d["y-2"]',
    ]
    assert change(MODULES, 'module.m["x"].x_one.this')["after"] == {"name": "X-1", "size": 3}


# --- variables ------------------------------------------------------------------------------------------------------

VARIABLES = """
variable "v" {
  type    = %s
  default = %s
}
output "v" { value = var.v }
"""
CONVERSIONS = {
    ("string", "1"): "1",
    ("number", '"1.50"'): 1.5,
    ("bool", '"true"'): True,
    ("bool", '"maybe"'): UNKNOWN,
    ("list(number)", '["1", 2]'): [1, 2],
    ("set(string)", '["b", "a", "b"]'): ["a", "b"],
    ("map(any)", '{ a = 1, b = "x" }'): {"a": "1", "b": "x"},
    ("tuple([string, number])", '[1, "2"]'): ["1", 2],
    ("object({ a = string })", "{ a = 1, b = 2 }"): {"a": "1"},
    ("object({ a = string, b = optional(number, 5), c = optional(string) })", "{ a = 1 }"): {
        "a": "1",
        "b": 5,
        "c": None,
    },
    ("map(object({ size = optional(number, 1) }))", '{ x = {}, y = { size = "3" } }'): {
        "x": {"size": 1},
        "y": {"size": 3},
    },
    ("any", "[1]"): [1],
    ('"list"', '["a"]'): ["a"],
    ("string", "null"): None,
}


@pytest.mark.parametrize(("type_", "default"), CONVERSIONS)
def test_variables_are_converted_to_their_type(type_: str, default: str) -> None:
    assert outputs(VARIABLES % (type_, default))["v"] == CONVERSIONS[type_, default]


def test_null_for_a_variable_that_takes_none_is_its_default() -> None:
    text = {
        "main.tf": 'module "m" {\n  source = "./m"\n  a = null\n  b = null\n}\n'
        'output "v" {\n  value = module.m.v\n}\n',
        "m/m.tf": 'variable "a" {\n  default = 1\n  nullable = false\n}\nvariable "b" {\n  default = 1\n}\n'
        'output "v" {\n  value = [var.a, var.b]\n}\n',
    }
    assert outputs(text)["v"] == [1, None]


def test_precedence_of_values(tmp_path: Path) -> None:
    names = ["d", "t", "j", "a", "aj", "z", "f", "g", "o"]
    blocks = "".join(f'variable "{n}" {{ default = "default" }}\n' for n in names)
    (tmp_path / "main.tf").write_text(blocks + f'output "v" {{ value = [{", ".join(f"var.{n}" for n in names)}] }}\n')

    def file(name: str, since: str) -> str:
        given = names[names.index(since) :]
        if name.endswith(".json"):
            return json.dumps(dict.fromkeys(given, name))
        return "".join(f'{n} = "{name}"\n' for n in given)

    files = {
        "terraform.tfvars": "t",
        "terraform.tfvars.json": "j",
        "a.auto.tfvars": "a",
        "a.auto.tfvars.json": "aj",
        "z.auto.tfvars": "z",
    }
    for name, since in files.items():
        (tmp_path / name).write_text(file(name, since))
    found = plan_document(
        load_source(tmp_path),
        {"o": "--var"},
        var_files={"f": file("f", "f").encode(), "g": file("g", "g").encode()},
    )
    assert found["output_changes"]["v"]["after"] == ["default", *files, "f", "g", "--var"]


@pytest.mark.parametrize(
    ("type_", "text", "expected"),
    [
        ("string", "[1]", "[1]"),
        ("number", "5", 5),
        ("bool", "true", True),
        ("list(string)", '["a", "b"]', ["a", "b"]),
        ("map(number)", '{ a = "1" }', {"a": 1}),
        ("list(string)", "upper(1)", UNKNOWN),
        ("any", "x y", "x y"),
    ],
)
def test_values_of_options(type_: str, text: str, expected: Any) -> None:
    assert outputs(VARIABLES % (type_, "null"), variables={"v": text})["v"] == expected


def test_an_option_that_is_no_expression() -> None:
    with pytest.raises(SourceError, match="variable `v`"):
        document(VARIABLES % ("list(string)", "null"), variables={"v": "[["})


# --- sensitive values -----------------------------------------------------------------------------------------------


def test_sensitive_values_are_marked_wherever_they_go() -> None:
    text = """
variable "s" {
  default   = "hunter2"
  sensitive = true
}
locals { derived = "a-${upper(var.s)}" }
resource "x_one" "a" {
  p = { q = var.s, r = "open" }
  l = [local.derived, "open"]
  c = var.s == "x" ? 1 : 2
  n = nonsensitive(length(var.s))
  j = jsonencode({ k = var.s })
}
output "o" {
  value     = local.derived
  sensitive = true
}
"""
    found = change(text, "x_one.a")
    assert found["after"]["p"] == {"q": "hunter2", "r": "open"}
    assert found["after_sensitive"] == {"p": {"q": True}, "l": [True, False], "c": True, "j": True}
    output = document(text)["output_changes"]["o"]
    assert (output["after"], output["after_sensitive"]) == ("a-HUNTER2", True)


# --- policy documents -----------------------------------------------------------------------------------------------


def policy(body: str, more: str = "") -> Any:
    text = value("data.aws_iam_policy_document.d.json", f'data "aws_iam_policy_document" "d" {{\n{body}\n}}\n{more}')
    return text if text == UNKNOWN else json.loads(text)


def test_policy_document() -> None:
    body = """
  statement {
    sid     = "Read"
    actions = ["s3:GetObject", "s3:ListBucket"]
    resources = ["arn:aws:s3:::b/&{aws:username}/*"]
    principals {
      type        = "AWS"
      identifiers = ["b", "a"]
    }
    principals {
      type        = "Service"
      identifiers = ["x.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:a"
      values   = ["1"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:b"
      values   = ["2", "3"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
  statement {
    effect      = "Deny"
    not_actions = ["iam:*"]
    resources   = ["*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
"""
    assert policy(body) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Read",
                "Effect": "Allow",
                "Action": ["s3:ListBucket", "s3:GetObject"],
                "Resource": "arn:aws:s3:::b/${aws:username}/*",
                "Principal": {"AWS": ["b", "a"], "Service": "x.amazonaws.com"},
                "Condition": {
                    "Bool": {"aws:SecureTransport": "false"},
                    "StringEquals": {"aws:a": "1", "aws:b": ["2", "3"]},
                },
            },
            {"Effect": "Deny", "NotAction": "iam:*", "Resource": "*", "Principal": "*"},
        ],
    }


def test_conditions_on_the_same_variable_are_merged() -> None:
    blocks = "".join(
        f'    condition {{\n      test = "StringLike"\n      variable = "aws:a"\n      values = ["{n}"]\n    }}\n'
        for n in (1, 2)
    )
    found = policy(f'  statement {{\n    actions = ["a:*"]\n    resources = ["*"]\n{blocks}  }}\n')
    assert found["Statement"][0]["Condition"] == {"StringLike": {"aws:a": ["1", "2"]}}


def test_source_and_override_documents() -> None:
    body = """
  source_policy_documents = [
    jsonencode({ Statement = [{ Sid = "A", Effect = "Allow" }, { Sid = "B", Effect = "Allow" }] })
  ]
  override_policy_documents = [jsonencode({ Version = "2008-10-17", Statement = { Sid = "C", Effect = "Deny" } })]
  statement {
    sid       = "B"
    actions   = ["b:*"]
    resources = ["*"]
  }
  statement {
    sid       = "C"
    actions   = ["c:*"]
    resources = ["*"]
  }
"""
    found = policy(body)
    assert found["Version"] == "2008-10-17"
    assert [(one["Sid"], one["Effect"], one.get("Action")) for one in found["Statement"]] == [
        ("A", "Allow", None),
        ("B", "Allow", "b:*"),
        ("C", "Deny", None),
    ]


@pytest.mark.parametrize(
    "body",
    [
        f'statement {{\n  actions = [{ID}]\n  resources = ["*"]\n}}',
        f"source_policy_documents = [{ID}]",
        'source_policy_documents = ["no json"]',
        "depends_on = [x_one.a]",
    ],
)
def test_policy_document_that_nobody_knows_yet(body: str) -> None:
    assert policy(body, ONE) == UNKNOWN


# --- files ----------------------------------------------------------------------------------------------------------


def test_files_of_the_tree_and_no_others(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "m").mkdir(parents=True)
    (tmp_path / "secret").write_text("secret")
    (tree / "in.txt").write_text("inside")
    (tree / "link.txt").symlink_to(tmp_path / "secret")
    (tree / "t.tftpl").write_text("%{ for n in names ~}\n- ${n} ${x}\n%{ endfor ~}\n")
    (tree / "m" / "m.tf").write_text('output "v" { value = file("${path.module}/../in.txt") }\n')
    expressions = {
        'file("in.txt")': "inside",
        'file("${path.module}/in.txt")': "inside",
        'filesha256("in.txt")': sha256(b"inside").hexdigest(),
        'templatefile("t.tftpl", { names = ["a", "b"], x = 1 })': "- a 1\n- b 1\n",
        'fileexists("nosuch")': False,
        "module.m.v": "inside",
        'file("../secret")': UNKNOWN,
        'file("link.txt")': UNKNOWN,
        f'file("{tmp_path}/secret")': UNKNOWN,
        'file("/etc/passwd")': UNKNOWN,
        'file(".")': UNKNOWN,
        'file("m\\u0000")': UNKNOWN,
    }
    body = "".join(f'output "o{n}" {{\n  value = {one}\n}}\n' for n, one in enumerate(expressions))
    (tree / "main.tf").write_text(f'{body}module "m" {{\n  source = "./m"\n}}\n')
    changes = plan_document(load_source(tree))["output_changes"]
    found = {
        one: UNKNOWN if changes[f"o{n}"]["after_unknown"] else changes[f"o{n}"]["after"]
        for n, one in enumerate(expressions)
    }
    assert found == expressions


def test_override_files() -> None:
    files = {
        "main.tf": 'resource "x_one" "a" {\n  a = 1\n  b = 1\n  r { n = 1 }\n  r { n = 2 }\n  s { n = 1 }\n}\n',
        "x_override.tf": 'resource "x_one" "a" {\n  b = 2\n  r { n = 3 }\n}\n',
        "override.tf": 'locals {\n  l = 1\n}\nresource "x_one" "a" {\n  b = 9\n}\n',
    }
    assert change(files, "x_one.a")["after"] == {"a": 1, "b": 2, "r": [{"n": 3}], "s": [{"n": 1}]}


def test_json_syntax() -> None:
    body = {
        "//": "a comment",
        "variable": {"v": {"default": "x"}},
        "locals": {"l": "${upper(var.v)}"},
        "resource": {
            "x_one": {
                "a": {
                    "name": "n-${local.l}",
                    "list": ["${local.l}", "$${no}"],
                    "n": 1,
                    "count": 1,
                    "depends_on": ["x_two.b"],
                }
            },
            "x_two": [{"b": {"t": "${x_one.a[0].id}"}}],
        },
        "output": {"o": {"value": "${local.l}"}},
    }
    files = {"main.tf.json": json.dumps(body)}
    assert change(files, "x_one.a[0]")["after"] == {"name": "n-X", "list": ["X", "${no}"], "n": 1}
    assert change(files, "x_two.b")["after_unknown"] == {"t": True, "id": True}
    assert outputs(files) == {"o": "X"}


@pytest.mark.parametrize("text", ["", "# only this\n", "/* and\n that */", "// one\n# two", "\ufeff# marked\n"])
def test_files_without_blocks(text: str) -> None:
    assert document({"main.tf": text, "a.tf": ONE})["resource_changes"][0]["address"] == "x_one.a"


def test_deep_and_long_expressions() -> None:
    chain = " + ".join(["1"] * 5000)
    assert value(chain) == 5000
    assert value("!" * 40 + "true") is True
    brackets = "[" * 300 + "]" * 300
    with pytest.raises(SourceError) as caught:
        document(f'# first\noutput "v" {{\n  value = {brackets}\n}}\n')
    assert caught.value.place.startswith("main.tf:")


@pytest.mark.parametrize(
    ("files", "place"),
    [
        ({"main.tf": "a {\n  b = \n}\n"}, "main.tf:2"),
        ({"main.tf": 'module "m" {\n  source = "./m"\n}\n', "m/x.tf": "}\n"}, "m/x.tf:1"),
        ({"main.tf.json": '{\n"a": \n}'}, "main.tf.json:3"),
        ({"main.tf": "# ok\n", "terraform.tfvars": "a = [\n"}, "terraform.tfvars:"),
        ({"main.tf": "locals {\n  a = <<EOT\n${[}\nEOT\n}\n"}, "main.tf:3"),
    ],
)
def test_what_cannot_be_parsed_says_where(files: dict[str, str], place: str) -> None:
    with pytest.raises(SourceError) as caught:
        document(files)
    assert caught.value.place.startswith(place)
