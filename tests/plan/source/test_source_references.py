"""References of expressions: random ones, corners, and all that real Terraform listed for the fixtures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planguard.plan.source import grammar, source_from_files
from planguard.plan.source.naming import Index, reference_names
from planguard.plan.source.references import expression_references, template_references

FIXTURES = Path(__file__).parents[3] / "fixtures"
STACKS = FIXTURES / "stacks"


def references_of(text: str) -> list[str]:
    """References of ``local.v`` in a file that says ``v = <text>``."""
    source = source_from_files({"main.tf": f"locals {{\n  v = {text}\n  w = 1\n}}\n".encode()})
    module = source.module(())
    assert module is not None
    return module.local_references("v")


class Sample(NamedTuple):
    """An expression and what it refers to."""

    text: str
    names: list[str]


ROOTS = {
    "var.x": [],
    "local.y": [],
    "terraform_data.a": [],
    "terraform_data.b[0]": ["terraform_data.b"],
    "terraform_data.b": [],
    "data.terraform_remote_state.r": [],
    "module.m.out": ["module.m"],
    'module.n["a"].out': ['module.n["a"]'],
    "path.module": [],
    "terraform.workspace": [],
}
# What may follow, written so that Terraform can evaluate or try() it.
STEPS = [".input", ".output", '["k"]', "[0]", "[12]", '["a b.c"]', ".true"]
CONSTANTS = ["1", "-2.5", "true", "null", '"plain"', '"$${not.me}"', '"%%{ if not.me }"', "1e3"]
ITERATORS = ["it", "it.name", "it[0].x", 'it["var.x"]']
LOOSE = {"path.module", "terraform.workspace"}


@st.composite
def references(draw: st.DrawFn) -> Sample:
    root = draw(st.sampled_from(sorted(ROOTS)))
    steps: list[str] = []
    if root in {"var.x", "local.y"}:
        steps = draw(st.lists(st.sampled_from(STEPS), max_size=3))
    elif root.startswith("module") or root == "terraform_data.b[0]":
        steps = draw(st.lists(st.sampled_from(STEPS[:2]), max_size=1))
    names = [root]
    for step in steps:
        names.append(names[-1] + step)
    return Sample(names[-1], names[::-1] + ROOTS[root])


def joined(form: str, *parts: Sample) -> Sample:
    """The parts put into a form like ``f({}, {})``, in this order."""
    text = form
    for part in parts:
        text = text.replace("§", part.text, 1)
    return Sample(text, [name for part in parts for name in part.names])


BINARY = ["§ + §", "§ - §", "§ -§", "§ && §", "§ == §", "(§\n  || §)", "§ % §", "§ >= §", "(§\n  - §)"]
UNARY = ["-§", "!§", "!!§", "(§)", "(\n  §\n)", "(§).z", "(§)[0]", "f(§)", "f(§...)", "f(§)[*].z", "f(§)-12"]
PAIRS = [
    "f(§, §)",
    "f(\n  §, # what's this \"${\n  §,\n)",
    "[§, §]",
    "[\n  §, // }\n  §\n]",
    "{ a = §, b = § }",
    '{ (§) = 1, "b" = § }',
    '{\n  a : §\n  "b-${§}" = 2\n}',
    "{ a = /* c */ §, for = § }",
    '"${§}-${§}"',
    '"a $${no.t} ${§} \\"q\\" ${~ § ~}%"',
    '"${\n  §\n}${§}"',
    '"%{ if § }${§}%{ endif }"',
    '"%{ if § == 1 ~}x%{ else }${§}%{ endif ~}"',
    "(§)[§]",
    "local.y_[(§)].z[§]",
    "local.y_[*].z[§].w[§]",
]
THREES = ["§ ? § : §", "(§\n  ? §\n  : §)", "[§, [§, {a = §}]]"]
HEREDOCS = [
    '(<<EOT\n  ${§} $${no.t}\n${~ § ~} " \\\nEOT\n)',
    "f(<<-EOT\n  %{ if § ~}\n  ${§}\n  %{ endif }\n  EOT\n)",
]


def loops(inner: st.SearchStrategy[Sample], within: st.SearchStrategy[Sample]) -> st.SearchStrategy[Sample]:
    """``for`` in its shapes: what is gone through is outside of the iterator's reach."""
    return st.one_of(
        st.builds(joined, st.just("[for it in § : §]"), inner, within),
        st.builds(joined, st.just("[\n for k_, it in § : # c\n  §\n if §]"), inner, within, within),
        st.builds(joined, st.just("{ for it in § : § => §... if § }"), inner, within, within, within),
        st.builds(joined, st.just('"%{ for it in § }${§}%{ endfor }"'), inner, within),
    )


def expressions(depth: int = 3, looped: bool = False) -> st.SearchStrategy[Sample]:
    """Expressions of this depth; ``looped`` ones stand where an iterator called ``it`` is known."""
    leaves = [references(), references(), st.sampled_from(CONSTANTS).map(lambda text: Sample(text, []))]
    if looped:
        leaves.append(st.sampled_from(ITERATORS).map(lambda text: Sample(text, [])))
    if depth == 0:
        return st.one_of(leaves)
    inner = expressions(depth - 1, looped)
    within = expressions(depth - 1, True)
    plain = inner.map(_parenthesised)
    return st.one_of(
        *leaves,
        st.builds(joined, st.sampled_from(UNARY), plain),
        st.builds(joined, st.sampled_from(BINARY), plain, plain),
        st.builds(_paired, st.sampled_from(PAIRS), inner, inner),
        st.builds(joined, st.sampled_from(THREES), plain, inner, inner),
        loops(inner, within),
    )


def _paired(form: str, first: Sample, second: Sample) -> Sample:
    sample = joined(form, first, second)
    return Sample(sample.text, ["local.y_", *sample.names]) if form.startswith("local") else sample


def _parenthesised(sample: Sample) -> Sample:
    simple = all(char.isalnum() or char in '._-"[]' for char in sample.text) and sample.text[0] != "-"
    return sample if simple else Sample(f"({sample.text})", sample.names)


def values(depth: int = 3) -> st.SearchStrategy[Sample]:
    """Expressions, some of them with a heredoc around them."""
    flat = expressions(depth)
    return st.one_of(flat, st.builds(joined, st.sampled_from(HEREDOCS), flat, flat))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(values())
def test_all_references_are_found_and_none_invented(sample: Sample) -> None:
    assert references_of(sample.text) == sample.names


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(values(2))
def test_expression_by_itself_reads_like_one_in_a_file(sample: Sample) -> None:
    assert expression_references(grammar.parse_expression(sample.text)) == sample.names


CORNERS = {
    "aws_kms_key.main.arn": ["aws_kms_key.main.arn", "aws_kms_key.main"],
    "data.aws_vpc.v[0].id": ["data.aws_vpc.v[0].id", "data.aws_vpc.v[0]", "data.aws_vpc.v"],
    'module.web["a"].ids[0]': ['module.web["a"].ids[0]', 'module.web["a"].ids', 'module.web["a"]'],
    'module.web["a"]': ['module.web["a"]', "module.web"],
    "module.web": ["module.web"],
    "module.web[each.key].ids": ["module.web", "each.key"],
    "aws_x.y[var.i].z[local.j]": ["aws_x.y", "var.i", "local.j"],
    "aws_x.y[*].id": ["aws_x.y"],
    "aws_x.y.*.id": ["aws_x.y"],
    "aws_x.y[*].z[var.i]": ["aws_x.y", "var.i"],
    "aws_x.y.0.id": ["aws_x.y[0].id", "aws_x.y[0]", "aws_x.y"],
    "aws_x.y[-1]": ["aws_x.y"],
    "aws_x.y[-12]": ["aws_x.y"],
    "resource.aws_x.y.id": ["aws_x.y.id", "aws_x.y"],
    'each.value["k"]': ['each.value["k"]', "each.value"],
    "count.index": ["count.index"],
    "self.id": ["self.id", "self"],
    "path.module": ["path.module"],
    "ephemeral.aws_x.y.id": ["ephemeral.aws_x.y.id", "ephemeral.aws_x.y"],
    "provider::aws::arn_parse(var.a)": ["var.a"],
    'var.x["a\\"b$${c}\\u00e9\\n"]': ['var.x["a\\"b${c}é\\n"]', "var.x"],
    "var.for.in.null": ["var.for.in.null", "var.for.in", "var.for"],
    "true": [],
    "nothing": [],
    "var": [],
    "{ a = 1, var = 2, (var.k) = 3, var.l = 4 }": ["var.k", "var.l"],
    "[for aws_x in var.l : aws_x.y.id]": ["var.l"],
    "[for v in [for v in var.a : v.b] : v.c[var.i]]": ["var.a", "var.i"],
    "[for var in var.l : var.x]": ["var.l"],
    '"$${a${var.b}}"': ["var.b"],
    '"$${a"': [],
    '"%{ for a in var.x }%{ for b in a.y }${b.z}${a.z}%{ endfor }${b.z}%{ endfor }${a.z}"': [
        "var.x",
        "b.z",
        "a.z",
    ],
    '"%{ if true }%{ endfor }${var.a}"': ["var.a"],
    "<<-EOT\n  %{ for a, b in var.x ~}\n  ${a.y}${b.y}\n  %{ endfor ~}\n  ${a.y}\n  EOT": ["var.x", "a.y"],
    '<<EOT\n"${var.a["}"]}" ${ # }\nvar.b /* } */ } ${"${var.c}"}\nEOT': ['var.a["}"]', "var.a", "var.b", "var.c"],
    '<<EOT\n%{ if var.a == "}" }$%{ else }%{ endif }$${var.n}\nEOT': ["var.a"],
    "<<EOT\nEOT": [],
    "<<EOT\r\n${var.a}\r\nEOT\r": ["var.a"],
    "<<EOT\n${unclosed\nEOT": [],
}


@pytest.mark.parametrize("text", CORNERS)
def test_corner(text: str) -> None:
    assert references_of(text) == CORNERS[text]


def test_long_and_deep_expressions_are_walked_without_recursion() -> None:
    names = [f"var.v{number}" for number in range(3000)]
    assert references_of(" + ".join(names)) == names
    assert references_of("(" * 1500 + "var.x" + ")" * 1500) == ["var.x"]
    assert len(references_of("var.x" + ".y" * 1500)) == 1501


def test_raw_template() -> None:
    assert template_references("a ${b.c.d} %{ for x in var.l }${x.y.z}%{ endfor }") == ["b.c.d", "b.c", "var.l"]


def test_names_of_what_is_no_reference() -> None:
    assert reference_names("module", ("m", Index("a"), Index("b"))) == []
    assert reference_names("module", ()) == []
    assert reference_names("aws_x", (Index(0),)) == []
    assert reference_names("lazy", ("a", "b")) == []
    assert reference_names("local", ("x", Index(1.5))) == ["local.x[1.5]", "local.x"]


def blocks_of(path: Path) -> Iterator[tuple[tuple[str, ...], Any]]:
    for block in grammar.nodes(grammar.parse_text(path.read_text()).children[0], "block"):
        kind, labels = grammar.block_header(block)
        yield (kind, *labels), grammar.block_body(block)


def attributes_of(body: Any) -> dict[str, list[str]]:
    return {
        grammar.attribute_name(each): expression_references(grammar.attribute_expression(each))
        for each in grammar.nodes(body, "attribute")
    }


def test_random_expressions_as_terraform_lists_them() -> None:
    folder = FIXTURES / "source" / "expressions"
    expected = json.loads((folder / "references.json").read_text())
    actual = {
        name[1]: attributes_of(body)["value"] for name, body in blocks_of(folder / "main.tf") if name[0] == "output"
    }
    assert actual == expected
    assert len(actual) > 100


Comparison = list[tuple[str, list[str], list[str]]]
"""Place, the references found there, and those that Terraform listed."""

META = {"count": "count_expression", "for_each": "for_each_expression"}
ELSEWHERE = {"source", "version", "providers", "provider", "depends_on", *META}
"""Arguments that plan JSON does not keep among the expressions."""


def compare_body(body: Any, real: Any, place: str, found: Comparison, skip: set[str]) -> None:
    """Every attribute of a body, and of the blocks nested in it."""
    for name, names in attributes_of(body).items():
        if name not in skip:
            found.append((f"{place}.{name}", names, real[name].get("references", [])))
    counts: dict[str, int] = {}
    for block in grammar.nodes(body, "block"):
        kind, _ = grammar.block_header(block)
        if kind in {"lifecycle", "dynamic"}:  # plan JSON leaves them out
            continue
        index = counts[kind] = counts.get(kind, -1) + 1
        inner = grammar.block_body(block)
        listed = real[kind]
        if isinstance(listed, list):
            compare_body(inner, listed[index], f"{place}.{kind}[{index}]", found, set())
        elif {"references", "constant_value"} & set(listed):  # blocks that are an attribute to the provider
            names = [name for part in attributes_of(inner).values() for name in part]
            found.append((f"{place}.{kind}", sorted(names), sorted(listed.get("references", []))))
        else:
            compare_body(inner, listed, f"{place}.{kind}", found, set())


def compare_module(folder: Path, real: Any) -> Comparison:
    """All resources, data sources, module calls and outputs of a module and its children."""
    found: Comparison = []
    resources = {(row["mode"], row["type"], row["name"]): row for row in real["resources"]}
    for name, body in blocks_of(folder / "main.tf"):
        place = ".".join(name)
        match name[0]:
            case "output":
                listed = real["outputs"][name[1]]["expression"].get("references", [])
                found.append((place, attributes_of(body)["value"], listed))
                continue
            case "module":
                row = real["module_calls"][name[1]]
                found += compare_module(folder / row["source"], row["module"])
            case "resource" | "data":
                row = resources["managed" if name[0] == "resource" else "data", name[1], name[2]]
            case _:
                continue
        compare_body(body, row.get("expressions", {}), place, found, ELSEWHERE)
        for meta, key in META.items():
            found.append(
                (f"{place}.{meta}", attributes_of(body).get(meta, []), row.get(key, {}).get("references", []))
            )
    return found


@pytest.mark.parametrize(
    ("stack", "environment", "count"),
    [("gcp-analytics", "prod", 160), ("aws-shop", "prod", 380), ("azure-landing", "prd", 200)],
)
def test_stack_as_terraform_lists_it(stack: str, environment: str, count: int) -> None:
    plan = json.loads((STACKS / f"{stack}-{environment}" / "plan.json").read_text())
    found = compare_module(STACKS / "src" / stack, plan["configuration"]["root_module"])
    assert [each for each in found if each[1] != each[2]] == []
    assert len(found) > count
