"""What source tells of values that a plan leaves out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from planguard.access.pattern import is_symbol, shown, symbol_name
from planguard.errors import SourceError
from planguard.graph.build import build_graph
from planguard.graph.graph import Graph
from planguard.graph.resource import AFTER, Resource
from planguard.plan.sensitive import SensitiveText
from planguard.plan.source import plan_document, source_from_files
from planguard.plan.source.evaluation.functions import _FUNCTIONS, _OF_FILES
from planguard.plan.unknown import PartialList, is_unknown
from planguard.schema.table import resource_schema
from planguard.sources import PlanSource
from tests.conftest import plan_from

DATA = {"aws_caller_identity": {"account_id": "111122223333", "id": "111122223333"}}
BUCKETS = """
resource "aws_s3_bucket" "b" { bucket_prefix = "x" }
resource "aws_s3_bucket" "many" {
  for_each      = toset(["k", "l"])
  bucket_prefix = each.key
}
resource "aws_s3_bucket" "two" {
  count         = 2
  bucket_prefix = "n"
}
"""
B = "${aws_s3_bucket.b.arn}"


def graph_of(files: Mapping[str, str] | str, variables: Mapping[str, Any] | None = None, **plan: Any) -> Graph:
    """The graph of the plan of some source, with that source beside it."""
    texts = {"main.tf": files} if isinstance(files, str) else files
    source = source_from_files({name: text.encode() for name, text in texts.items()})
    document = plan_document(source, variables, table=resource_schema, data=DATA)
    document |= plan
    return build_graph(plan_from(msgspec.json.encode(document)), PlanSource(source, "blue"))


def resource_in(graph: Graph, address: str) -> Resource:
    return next(graph.view(node, AFTER) for node in graph.nodes if node.address == address)


def told(value: Any) -> Any:
    """A recovered value as a person reads it: symbols by name, ``?`` for what is unknown."""
    if is_unknown(value):
        return "?"
    if isinstance(value, dict):
        return {shown(name): told(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [told(inner) for inner in list.__iter__(value)]
    return shown(value) if isinstance(value, str) else value


def document(expression: str, more: str = "", variables: Mapping[str, Any] | None = None) -> Any:
    """What is told of a policy that is given by an expression."""
    text = f'{BUCKETS}{more}\nresource "aws_iam_policy" "p" {{\n  policy = {expression}\n}}\n'
    return told(resource_in(graph_of(text, variables), "aws_iam_policy.p").recovered_json("policy"))


def value(expression: str, more: str = "", variables: Mapping[str, Any] | None = None) -> Any:
    """What is told of one value within a document."""
    # Something else is unknown as well, so that the plan knows none of it.
    return document(f"jsonencode({{ V = {expression}, W = aws_s3_bucket.b.arn }})", more, variables)["V"]


COMPOSED = {
    "an interpolation": ('"${aws_s3_bucket.b.arn}/*"', f"{B}/*"),
    "a reference": ("aws_s3_bucket.b.arn", B),
    "an instance by its key": ('aws_s3_bucket.many["k"].arn', '${aws_s3_bucket.many["k"].arn}'),
    "an instance by its index": ("aws_s3_bucket.two[1].arn", "${aws_s3_bucket.two[1].arn}"),
    "every instance": ("aws_s3_bucket.two[*].arn", ["${aws_s3_bucket.two[0].arn}", "${aws_s3_bucket.two[1].arn}"]),
    "values of a map of instances": (
        "values(aws_s3_bucket.many)[*].arn",
        ['${aws_s3_bucket.many["k"].arn}', '${aws_s3_bucket.many["l"].arn}'],
    ),
    "a loop": ('[for n in ["a", "b"] : "${aws_s3_bucket.b.arn}/${n}"]', [f"{B}/a", f"{B}/b"]),
    "a loop that makes a map": ("{ for k, v in aws_s3_bucket.many : k => v.id }", None),
    "format": ('format("%s/%s/%d", aws_s3_bucket.b.arn, "x", 5)', f"{B}/x/5"),
    "formatlist": ('formatlist("%s/*", [aws_s3_bucket.b.arn, "arn:aws:s3:::y"])', [f"{B}/*", "arn:aws:s3:::y/*"]),
    "join": ('join("/", [aws_s3_bucket.b.arn, "x", "*"])', f"{B}/x/*"),
    "concat": ('concat(["x"], [aws_s3_bucket.b.arn])', ["x", B]),
    "merge": ("merge({ a = 1 }, { b = aws_s3_bucket.b.arn })", {"a": 1, "b": B}),
    "flatten": ('flatten([["x"], [[aws_s3_bucket.b.arn]]])', ["x", B]),
    "compact of a name": ('compact(["", aws_s3_bucket.b.arn, null])', [B]),
    "distinct": ("distinct([aws_s3_bucket.b.arn, aws_s3_bucket.b.arn])", [B]),
    "toset": ('toset([aws_s3_bucket.b.arn, "z", "a"])', ["a", "z", B]),
    "coalesce of a name": ('coalesce(null, "", aws_s3_bucket.b.arn)', B),
    "lookup": ('lookup({ a = aws_s3_bucket.b.arn }, "a", "none")', B),
    "element": ("element([aws_s3_bucket.b.arn], 0)", B),
    "one": ("one([aws_s3_bucket.b.arn])", B),
    "try of what is there": ('try(aws_s3_bucket.two[1].arn, "none")', "${aws_s3_bucket.two[1].arn}"),
    "try of what is not": ('try(aws_s3_bucket.two[2].arn, "none")', "none"),
    "length of a list": ("length([aws_s3_bucket.b.arn, 1])", 2),
    "a known condition": ('1 == 1 ? aws_s3_bucket.b.arn : "x"', B),
    "a name is not null": ('aws_s3_bucket.b.arn != null ? "there" : aws_s3_bucket.two[0].arn', "there"),
    "both arms alike": ("uuid() == 1 ? aws_s3_bucket.b.arn : aws_s3_bucket.b.arn", B),
    "a document that is decoded again": ("jsondecode(jsonencode({ a = [aws_s3_bucket.b.arn] })).a[0]", B),
    "a template with a directive": ('"%{ for n in ["a", "b"] }${n}${aws_s3_bucket.b.id};%{ endfor }"', None),
    "a symbolic key": ('{ "${aws_s3_bucket.b.arn}:sub" = "x" }', {f"{B}:sub": "x"}),
}
SHOWN = {
    "a loop that makes a map": {k: f'${{aws_s3_bucket.many["{k}"].id}}' for k in ("k", "l")},
    "a template with a directive": "a${aws_s3_bucket.b.id};b${aws_s3_bucket.b.id};",
}


@pytest.mark.parametrize(("expression", "expected"), COMPOSED.values(), ids=list(COMPOSED))
def test_texts_are_composed_with_symbols(expression: str, expected: Any, request: pytest.FixtureRequest) -> None:
    wanted = expected if expected is not None else SHOWN[request.node.callspec.id]
    assert value(expression) == wanted


LOOKED_INTO = {
    "equal": 'aws_s3_bucket.b.arn == "x"',
    "not equal to another": "aws_s3_bucket.b.arn != aws_s3_bucket.two[0].arn",
    "a condition": 'aws_s3_bucket.b.arn == "" ? 1 : 2',
    "a comparison of lists": "[aws_s3_bucket.b.arn] == [1]",
    "length of a text": "length(aws_s3_bucket.b.arn)",
    "length of a set": "length(toset([aws_s3_bucket.b.arn, aws_s3_bucket.b.id]))",
    "can": "can(aws_s3_bucket.b.arn)",
    "try of a function": 'try(upper(aws_s3_bucket.b.arn), "none")',
    "try of a document": "try(jsondecode(aws_s3_bucket.b.arn), {})",
    "try of a conversion": "try(tonumber(aws_s3_bucket.b.arn), 1)",
    "contains": 'contains([aws_s3_bucket.b.arn], "x")',
    "index": 'index(["x", aws_s3_bucket.b.arn], "x")',
    "sort": 'sort([aws_s3_bucket.b.arn, "x"])',
    "keys that are not known": "keys({ (aws_s3_bucket.b.arn) = 1 })",
    "a member of what has such keys": '{ (aws_s3_bucket.b.arn) = 1, a = 2 }["b"]',
    "zipmap": "zipmap([aws_s3_bucket.b.arn], [1])",
    "a loop over a text": "[for x in aws_s3_bucket.b.arn : x]",
    "a key of a loop": "{ for x in [aws_s3_bucket.b.arn] : x => 1 }",
    "a filter": '[for x in [aws_s3_bucket.b.arn] : x if x == "y"][0]',
    "arithmetic": "aws_s3_bucket.b.arn + 1",
    "a width": 'format("%40s", aws_s3_bucket.b.arn)',
    "a number": 'length(format("%s", aws_s3_bucket.b.arn))',
    "trim of its end": 'trimspace("${aws_s3_bucket.b.arn}")',
    "an index": "aws_s3_bucket.b.arn[0]",
    "the first of a set": "tolist(toset([aws_s3_bucket.b.arn, aws_s3_bucket.b.id]))[0]",
    "the second of what is distinct": "element(distinct([aws_s3_bucket.b.arn, aws_s3_bucket.b.id]), 1)",
    "try of an element that may not be there": 'try(aws_lb.l.subnets[0], "none")',
    "try of a document with such an element": 'try(jsonencode(["${aws_lb.l.subnets[0]}"]), "none")',
    "a splat": "aws_s3_bucket.b.arn[*]",
    "coalesce of what may be null": 'coalesce(aws_s3_bucket.b.policy, "x")',
}


@pytest.mark.parametrize("expression", LOOKED_INTO.values(), ids=list(LOOKED_INTO))
def test_nothing_looks_into_a_symbol(expression: str) -> None:
    assert value(expression, 'resource "aws_lb" "l" {}') == "?"


_COMPOSING = {
    *("coalesce", "concat", "compact", "distinct", "flatten", "format", "formatlist", "join", "jsonencode", "list"),
    *("map", "merge", "nonsensitive", "sensitive", "tolist", "toset", "tostring", "ephemeralasnull", "issensitive"),
    *("chunklist", "coalescelist", "element", "keys", "length", "lookup", "one", "reverse", "setproduct"),
    *("setunion", "slice", "tomap", "values", "zipmap", "jsondecode", "trimspace", "chomp"),
}


@pytest.mark.parametrize("name", sorted({*_FUNCTIONS, *_OF_FILES} - _COMPOSING))
@pytest.mark.parametrize(
    "arguments", ["aws_s3_bucket.b.arn", '"a", aws_s3_bucket.b.arn', '["${aws_s3_bucket.b.id}"]']
)
def test_a_function_that_is_not_named_gives_nothing(name: str, arguments: str) -> None:
    assert value(f"{name}({arguments})") == "?"


def test_what_is_known_is_a_value_and_no_symbol() -> None:
    more = """
variable "env" { default = "dev" }
data "aws_caller_identity" "me" {}
locals { path = "${path.module}/${terraform.workspace}" }
resource "aws_sns_topic" "t" { name = "topic-${var.env}" }
"""
    found = document(
        "jsonencode([aws_s3_bucket.b.arn, data.aws_caller_identity.me.account_id, local.path, aws_sns_topic.t.name, "
        "var.env])",
        more,
        {"env": "prod"},
    )
    assert found == [B, "111122223333", "./blue", "topic-prod", "prod"]


def test_what_the_plan_says_of_variables_counts_and_not_the_files() -> None:
    files = {
        "main.tf": f'variable "env" {{}}\n{BUCKETS}resource "aws_iam_policy" "p" {{\n'
        "  policy = jsonencode([var.env, aws_s3_bucket.b.arn])\n}",
        "terraform.tfvars": 'env = "file"',
    }
    found = resource_in(graph_of(files, {"env": "option"}), "aws_iam_policy.p").recovered_json("policy")
    assert told(found) == ["option", B]


def test_a_heredoc_is_read_as_what_it_will_be() -> None:
    text = """<<-EOT
      {"Statement": [
        {"Action": ["s3:*"], "Resource": ["${aws_s3_bucket.b.arn}", "${aws_s3_bucket.b.arn}/\\"*"]},
        {"Action": "sqs:*", "Resource": ${jsonencode(aws_s3_bucket.two[*].arn)}},
        {"Action": "kms:*", "Resource": "${replace(aws_s3_bucket.b.arn, "a", "b")}"},
        {"Action": "ec2:*", "Port": ${length(aws_s3_bucket.b.arn)}}
      ]}
    EOT"""
    assert document(text) == {
        "Statement": [
            {"Action": ["s3:*"], "Resource": [B, f'{B}/"*']},
            {"Action": "sqs:*", "Resource": ["${aws_s3_bucket.two[0].arn}", "${aws_s3_bucket.two[1].arn}"]},
            {"Action": "kms:*", "Resource": "?"},
            {"Action": "ec2:*", "Port": "?"},
        ]
    }


@pytest.mark.parametrize(
    "call", ['replace(aws_s3_bucket.b.arn, "https://", "")', 'trimprefix(aws_s3_bucket.b.arn, "https://")']
)
def test_a_url_without_its_scheme_has_a_name_of_its_own(call: str) -> None:
    assert document(f'jsonencode({{ "${{{call}}}:sub" = "x" }})') == {f"${{{call}}}:sub": "x"}
    assert document(f'jsonencode([replace({call}, "a", "*")])') == ["?"]


def test_a_text_that_is_no_json_with_its_symbols_tells_nothing() -> None:
    assert document('"[${aws_s3_bucket.b.arn}"') is None
    assert document('replace(jsonencode([aws_s3_bucket.b.arn]), "a", "b")') is None
    assert document("aws_s3_bucket.b.arn") is None


def test_a_list_of_unknown_length_keeps_what_is_known_of_it() -> None:
    more = 'data "aws_vpcs" "all" {}\n'
    expression = """jsonencode({
      Statement = concat([{ Action = "s3:*" }], [for one in data.aws_vpcs.all.ids : { Action = one }])
    })"""
    graph = graph_of(f'{BUCKETS}{more}resource "aws_iam_policy" "p" {{\n  policy = {expression}\n}}')
    found = resource_in(graph, "aws_iam_policy.p").recovered_json("policy")
    assert isinstance(found, dict)
    assert type(found["Statement"]) is PartialList
    assert told(found) == {"Statement": [{"Action": "s3:*"}, "?"]}
    assert value("length(concat([1], data.aws_vpcs.all.ids))", more) == "?"
    assert value("concat([1], data.aws_vpcs.all.ids)[1]", more) == "?"
    assert value("[for x in concat([1], data.aws_vpcs.all.ids) : x]", more) == [1, "?"]
    assert value("merge({ a = 1 }, data.aws_vpcs.all.tags)", more) == "?"
    assert value('join(",", concat(["a"], data.aws_vpcs.all.ids))', more) == "?"


DOCUMENTS = """
variable "extra" { default = [{ sid = "X", actions = ["sqs:*", "sns:*"] }] }
data "aws_iam_policy_document" "base" {
  statement {
    sid       = "One"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = formatlist("%s/*", aws_s3_bucket.two[*].arn)
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::111122223333:root", aws_iam_role.r.arn]
    }
    condition {
      test     = "StringEquals"
      variable = "${aws_iam_role.r.unique_id}:sub"
      values   = ["x"]
    }
  }
  dynamic "statement" {
    for_each = var.extra
    content {
      sid       = statement.value.sid
      actions   = statement.value.actions
      resources = lookup(statement.value, "resources", ["*"])
    }
  }
}
data "aws_iam_policy_document" "all" {
  source_policy_documents   = [data.aws_iam_policy_document.base.json]
  override_policy_documents = [jsonencode({
    Statement = [{ Sid = "One", Action = "s3:*", Resource = aws_s3_bucket.b.arn }]
  })]
  statement {
    sid       = "Two"
    effect    = "Deny"
    actions   = ["kms:*"]
    resources = ["arn:aws:s3:::&{aws:username}/*"]
  }
}
resource "aws_iam_role" "r" {
  assume_role_policy = "{}"
}
"""
_X = {"Sid": "X", "Effect": "Allow", "Action": ["sqs:*", "sns:*"], "Resource": "*"}


def test_a_policy_document_is_made_of_its_blocks() -> None:
    assert document("data.aws_iam_policy_document.base.json", DOCUMENTS) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "One",
                "Effect": "Allow",
                "Action": ["s3:PutObject", "s3:GetObject"],
                "Resource": ["${aws_s3_bucket.two[0].arn}/*", "${aws_s3_bucket.two[1].arn}/*"],
                "Principal": {"AWS": ["arn:aws:iam::111122223333:root", "${aws_iam_role.r.arn}"]},
                "Condition": {"StringEquals": {"${aws_iam_role.r.unique_id}:sub": "x"}},
            },
            _X,
        ],
    }


def test_policy_documents_are_merged() -> None:
    assert document("data.aws_iam_policy_document.all.minified_json", DOCUMENTS) == {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "One", "Action": "s3:*", "Resource": B},
            _X,
            {"Sid": "Two", "Effect": "Deny", "Action": "kms:*", "Resource": "arn:aws:s3:::${aws:username}/*"},
        ],
    }


def test_what_an_unknown_override_may_replace_is_unknown() -> None:
    more = """
data "aws_iam_policy_document" "d" {
  override_policy_documents = [aws_s3_bucket.b.policy]
  statement {
    sid       = "Named"
    actions   = ["s3:*"]
    resources = ["*"]
  }
  statement {
    actions   = ["ec2:*"]
    resources = ["*"]
  }
}
"""
    kept = {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}
    assert document("data.aws_iam_policy_document.d.json", more)["Statement"] == ["?", kept, "?"]


def test_a_google_policy_is_made_of_its_bindings() -> None:
    text = """
resource "google_service_account" "a" { account_id = "a" }
data "google_iam_policy" "p" {
  binding {
    role    = "roles/owner"
    members = ["serviceAccount:${google_service_account.a.email}", "user:x@example.com"]
  }
  dynamic "binding" {
    for_each = ["roles/viewer"]
    content {
      role    = binding.value
      members = [google_service_account.a.member]
      condition {
        title      = "t"
        expression = "true"
      }
    }
  }
  audit_config {
    service = "allServices"
    audit_log_configs {
      log_type         = "DATA_READ"
      exempted_members = ["user:x@example.com"]
    }
  }
}
resource "google_project_iam_policy" "p" {
  project     = "p"
  policy_data = data.google_iam_policy.p.policy_data
}
"""
    found = told(resource_in(graph_of(text), "google_project_iam_policy.p").recovered_json("policy_data"))
    condition = found["bindings"][1].pop("condition")
    assert {name: value for name, value in condition.items() if value} == {"title": "t", "expression": "true"}
    assert found == {
        "bindings": [
            {
                "role": "roles/owner",
                "members": ["user:x@example.com", "serviceAccount:${google_service_account.a.email}"],
            },
            {"role": "roles/viewer", "members": ["${google_service_account.a.member}"]},
        ],
        "auditConfigs": [
            {
                "service": "allServices",
                "auditLogConfigs": [{"logType": "DATA_READ", "exemptedMembers": ["user:x@example.com"]}],
            }
        ],
    }


def test_modules_pass_values_on_in_both_directions() -> None:
    files = {
        "main.tf": """
module "role" {
  source      = "./role"
  for_each    = toset(["p", "q"])
  policy_json = data.aws_iam_policy_document.d.json
  arns        = { k = module.bucket.arn }
}
module "bucket" { source = "./bucket" }
data "aws_iam_policy_document" "d" {
  statement {
    actions   = ["s3:*"]
    resources = [module.bucket.arn]
  }
}
resource "aws_iam_policy" "p" {
  policy = jsonencode(values(module.role)[*].arn)
}
""",
        "bucket/main.tf": """
resource "aws_s3_bucket" "this" { count = 1 }
output "arn" { value = try(aws_s3_bucket.this[0].arn, "") }
""",
        "role/main.tf": """
variable "policy_json" { type = string }
variable "arns" { type = map(string) }
resource "aws_iam_role" "this" { assume_role_policy = "{}" }
resource "aws_iam_role_policy" "this" {
  role   = aws_iam_role.this.id
  policy = var.policy_json
}
module "inner" {
  source = "../inner"
  arns   = [for k, v in var.arns : "${v}/${k}"]
}
output "arn" { value = aws_iam_role.this.arn }
""",
        "inner/main.tf": """
variable "arns" { type = list(string) }
resource "aws_iam_policy" "p" {
  policy = jsonencode({ Resource = var.arns })
}
""",
    }
    graph = graph_of(files)
    arn = "${module.bucket.aws_s3_bucket.this[0].arn}"
    at = 'module.role["q"]'
    assert told(resource_in(graph, f"{at}.aws_iam_role_policy.this").recovered_json("policy"))["Statement"] == [
        {"Effect": "Allow", "Action": "s3:*", "Resource": arn}
    ]
    assert told(resource_in(graph, f"{at}.module.inner.aws_iam_policy.p").recovered_json("policy")) == {
        "Resource": [f"{arn}/k"]
    }
    assert told(resource_in(graph, "aws_iam_policy.p").recovered_json("policy")) == [
        f'${{module.role["{key}"].aws_iam_role.this.arn}}' for key in "pq"
    ]


def test_templates_and_files_of_the_configuration_are_read() -> None:
    files = {
        "main.tf": BUCKETS
        + """
resource "aws_iam_policy" "p" {
  policy = templatefile("${path.module}/p.tpl", { arns = aws_s3_bucket.two[*].arn, more = file("more.txt") })
}
resource "aws_iam_policy" "gone" {
  policy = jsonencode([aws_s3_bucket.b.arn, fileexists("gone.txt"), try(file("gone.txt"), "none")])
}
""",
        "p.tpl": '[%{ for n, arn in arns }%{ if n > 0 },%{ endif }"${arn}/*"%{ endfor }, "${more}"]',
        "more.txt": "s3:*",
    }
    graph = graph_of(files)
    found = resource_in(graph, "aws_iam_policy.p").recovered_json("policy")
    assert told(found) == ["${aws_s3_bucket.two[0].arn}/*", "${aws_s3_bucket.two[1].arn}/*", "s3:*"]
    # A saved plan carries no other files, so that one which is missing here may be there all the same.
    assert told(resource_in(graph, "aws_iam_policy.gone").recovered_json("policy")) == [B, "?", "?"]


def test_json_syntax_is_read_too() -> None:
    main = {
        "resource": {
            "aws_s3_bucket": {"b": {}},
            "aws_iam_role": {
                "r": {
                    "assume_role_policy": "{}",
                    "inline_policy": {"name": "in", "policy": "${jsonencode({R = aws_s3_bucket.b.arn})}"},
                }
            },
        }
    }
    role = resource_in(graph_of({"main.tf.json": json.dumps(main)}), "aws_iam_role.r")
    assert told(role.recovered_json("inline_policy[0].policy")) == {"R": B}


def test_a_name_in_a_value_that_is_unknown_as_a_whole_leads_on() -> None:
    more = 'resource "aws_eks_cluster" "c" {\n  name = "c"\n  role_arn = "x"\n  vpc_config { subnet_ids = [] }\n}\n'
    issuer = "aws_eks_cluster.c.identity[0].oidc[0].issuer"
    assert value(f'"${{{issuer}}}:aud"', more) == f"${{{issuer}}}:aud"


def test_a_symbol_stands_for_a_text_and_for_nothing_else() -> None:
    more = """
resource "aws_db_instance" "d" { instance_class = "x" }
resource "aws_lb" "l" {}
"""
    assert value("aws_db_instance.d.port", more) == "?"
    assert value("aws_lb.l.subnets", more) == "?"
    assert value('"${aws_db_instance.d.port}/tcp"', more) == "${aws_db_instance.d.port}/tcp"


def test_what_is_sensitive_stays_so() -> None:
    more = 'variable "s" {\n  default = "hidden-value"\n  sensitive = true\n}\n'
    text = f'{BUCKETS}{more}resource "aws_iam_policy" "p" {{\n  policy = jsonencode([var.s, aws_s3_bucket.b.arn])\n}}'
    policy = resource_in(graph_of(text), "aws_iam_policy.p")
    assert "hidden" not in f"{policy.recovered('policy')} {policy.recovered_json('policy')}"
    found = policy.recovered_json("policy")
    assert isinstance(found, list)
    assert all(type(one) is SensitiveText for one in found)
    assert found[0] == "hidden-value"


def test_characters_that_look_like_symbols_are_never_taken_for_one() -> None:
    assert document('jsonencode([aws_s3_bucket.b.arn, "\\U000F0000", { "\\uE000" = 1 }])') == [B, "?", "?"]
    assert document('"[\\"${aws_s3_bucket.b.arn}\\", \\"\\uFDD00\\uFDD1\\"]"') is None


def test_a_symbol_is_named_as_the_plan_names_the_instance() -> None:
    text = f'{BUCKETS}resource "aws_iam_policy" "p" {{\n  policy = aws_s3_bucket.many["k"].arn\n}}'
    found = resource_in(graph_of(text), "aws_iam_policy.p").recovered("policy")
    assert isinstance(found, str)
    assert len(found) == 1
    assert is_symbol(found)
    assert symbol_name(found) == 'aws_s3_bucket.many["k"].arn'


def test_source_that_cannot_be_parsed_is_an_error() -> None:
    files = {"main.tf": f'{BUCKETS}resource "aws_iam_policy" "p" {{\n  policy = aws_s3_bucket.b.arn\n}}'}
    whole = source_from_files({name: text.encode() for name, text in files.items()})
    plan = plan_from(msgspec.json.encode(plan_document(whole, table=resource_schema)))
    graph = build_graph(plan, PlanSource(source_from_files({"main.tf": b"resource {{"})))
    with pytest.raises(SourceError, match="cannot be parsed"):
        resource_in(graph, "aws_iam_policy.p").recovered("policy")


def policies_of(text: str) -> dict[str, Any]:
    """What is told of every policy of some source."""
    graph = graph_of(text)
    return {
        node.address: told(graph.view(node, AFTER).recovered_json("policy"))
        for node in graph.nodes
        if node.kind == "aws_iam_policy"
    }


REPEATED = """
resource "aws_iam_policy" "p" {
  for_each = KEYS
  policy   = jsonencode([each.key, each.value, aws_s3_bucket.b.arn])
}
"""


def test_instances_that_only_the_plan_tells_have_their_keys() -> None:
    made = graph_of(BUCKETS + REPEATED.replace("KEYS", 'toset(["a", "b"])'))
    source = source_from_files({"main.tf": (BUCKETS + REPEATED.replace("KEYS", 'fileset(".", "*")')).encode()})
    graph = Graph(
        made.place, made.nodes, made.root, made._resolver, made.redactor, PlanSource(source), expected=made.expected
    )
    for node in graph.nodes:
        node.after_view = None
    found = {one.address: told(one.recovered_json("policy")) for one in graph.resources("aws_iam_policy", AFTER)}
    assert found == {f'aws_iam_policy.p["{key}"]': [key, "?", B] for key in "ab"}


def test_a_long_chain_of_values_is_followed_to_its_end() -> None:
    chain = "".join(f'  l{n} = "${{local.l{n + 1}}}/{n}"\n' for n in range(60))
    text = f"{BUCKETS}locals {{\n{chain}  l60 = aws_s3_bucket.b.arn\n}}\n"
    text += 'resource "aws_iam_policy" "p" {\n  policy = jsonencode([local.l0])\n}\n'
    assert policies_of(text) == {"aws_iam_policy.p": [B + "".join(f"/{n}" for n in reversed(range(60)))]}


def test_what_refers_to_itself_is_unknown() -> None:
    text = "locals {\n  a = [local.b]\n  b = local.a[0]\n}\n"
    text += 'resource "aws_iam_policy" "p" {\n  policy = jsonencode([local.a, aws_s3_bucket.b.arn])\n}\n'
    assert policies_of(BUCKETS + text) == {"aws_iam_policy.p": [["?"], B]}


def test_an_output_of_a_module_that_is_not_at_hand_has_a_name() -> None:
    text = """
module "far" { source = "example.com/far/away" }
resource "aws_iam_policy" "p" {
  policy = jsonencode(["${module.far.arn}/*", module.far.ids])
}
"""
    assert policies_of(text) == {"aws_iam_policy.p": ["${module.far.arn}/*", "?"]}


def test_blocks_of_a_set_find_their_own_source() -> None:
    role = """
resource "aws_iam_role" "r" {
  assume_role_policy = "{}"
  inline_policy {
    name   = "z"
    policy = jsonencode(["z", aws_s3_bucket.b.arn])
  }
  inline_policy {
    name   = "a"
    policy = jsonencode(["a", aws_s3_bucket.b.arn])
  }
}
"""
    graph = graph_of(BUCKETS + role)
    row = next(node for node in graph.nodes if node.address == "aws_iam_role.r")
    blocks = list.__iter__(graph.view(row, AFTER).values["inline_policy"])
    for at, block in enumerate(blocks):
        found = graph.view(row, AFTER).recovered_json(f"inline_policy[{at}].policy")
        assert told(found) == [block["name"], B]
