"""Access as a document, as text and as a page: what stands in it, in which order, and what never does."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import jsonschema
import pytest
from msgspec.structs import replace
from pytest_regressions.file_regression import FileRegressionFixture

from planguard.access.analysis import AccessChange, Entry
from planguard.access.model import Origin, Terms, Witness
from planguard.plan.sensitive import SENSITIVE, Redactor
from planguard.reports.access_html import render_access_html
from planguard.reports.access_model import AccessDocument, ComparedFiles, access_document, render_access_json
from planguard.reports.access_text import render_access_text
from planguard.reports.text import Style
from tests.conftest import ROOT
from tests.reports.analyses import BUCKET, PLAN, ROLE, access_change, region

HARMFUL = '</style><script>alert("1")</script>\x1b[31m\u202e`x`'


def told(change: AccessChange | None = None, secret: str = "") -> AccessDocument:
    redactor = Redactor()
    redactor.add([secret] if secret else [])
    return access_document(change or access_change(), redactor, plan=PLAN)


def test_the_document_obeys_its_schema() -> None:
    schema = json.loads((ROOT / "docs" / "access.schema.json").read_bytes())
    jsonschema.Draft202012Validator.check_schema(schema)
    for document in (told(), access_document(AccessChange(), Redactor(), files=ComparedFiles("a", "b"))):
        assert (
            list(jsonschema.Draft202012Validator(schema).iter_errors(json.loads(render_access_json(document)))) == []
        )


def test_every_entry_has_what_the_contract_names() -> None:
    document = json.loads(render_access_json(told()))
    assert list(document)[:7] == ["schema", "plan", "files", "new", "removed", "possible", "undetermined"]
    for entry in (*document["new"], *document["removed"], *document["possible"]):
        assert {"principal", "actions", "resources", "conditions", "witness", "sources"} <= entry.keys()
        assert {"principal", "action", "resource", "context"} == entry["witness"].keys()
        assert all({"address", "statement"} <= source.keys() for source in entry["sources"])


def test_symbols_have_their_names() -> None:
    [entry] = told(AccessChange(new=(Entry(ROLE, region()),))).new
    assert entry.resources == ["arn:aws:s3:::${aws_s3_bucket.b.id}/*"]
    assert entry.witness.resource == "arn:aws:s3:::${aws_s3_bucket.b.id}/x"


def test_the_principal_is_the_subject_itself_or_whom_its_policy_lets_in() -> None:
    principals = Terms(("AWS:arn:aws:iam::1:root", "Service:a"), ("AWS:x",))
    change = AccessChange(new=(Entry(ROLE, region()), Entry(BUCKET, region(principals=principals))))
    role, bucket = told(change).new
    assert (role.principal, role.principals, role.excluded_principals) == ("role/app", ["role/app"], [])
    assert role.witness.principal == "role/app"
    assert bucket.principal == "AWS:arn:aws:iam::1:root, Service:a"
    assert bucket.excluded_principals == ["AWS:x"]


def test_the_order_of_what_was_found_does_not_matter() -> None:
    change = access_change()
    turned = replace(change, new=change.new[::-1], undetermined=change.undetermined[::-1])
    assert render_access_json(told(change)) == render_access_json(told(turned))


def test_the_counts_add_up() -> None:
    document = told()
    assert document.summary == {
        "subjects": 7, "compared": 3, "new": 4, "removed": 1, "possible": 1, "undetermined": 2,
    }  # fmt: skip
    assert render_access_text(document, Style()).splitlines()[-2:] == [
        "ledger   7 subjects, 3 of them compared · 4 new (of 3 subjects) · 1 possible (of 1 subject) · 1",
        "         removed (of 1 subject) · 2 undetermined",
    ]


def test_sensitive_values_are_nowhere() -> None:
    secret = "hunter2-hunter2"
    found = region(
        resources=Terms((f"arn:aws:s3:::{secret}/*",)),
        predicates=(f"aws:PrincipalTag/x StringEquals {secret}",),
        witness=Witness("", "s3:getobject", f"arn:aws:s3:::{secret}/x", {"k": secret, "l": [secret]}),
        origins=(Origin(f'aws_iam_policy.p["{secret}"]', "policy", secret),),
    )
    subject = replace(ROLE, name=f"role/{secret}", address=f'aws_iam_role.r["{secret}"]')
    document = told(AccessChange(new=(Entry(subject, found),)), secret)
    for content in (
        render_access_json(document),
        render_access_text(document, Style(verbose=True)).encode(),
        render_access_html(document),
    ):
        assert secret.encode() not in content
        assert SENSITIVE.encode() in content


# -- text ----------------------------------------------------------------------------------------------------------


def test_text(file_regression: FileRegressionFixture) -> None:
    file_regression.check(render_access_text(told(), Style()), extension=".txt", encoding="utf-8")


def test_text_of_two_documents_without_a_difference() -> None:
    document = access_document(AccessChange(compared=1, subjects=1), Redactor(), files=ComparedFiles("a", "b"))
    assert render_access_text(document, Style()) == (
        "b compared with a\n\nnothing is allowed that was not allowed before\n\n"
        "ledger   0 new · 0 possible · 0 removed · 0 undetermined\n"
    )


@pytest.mark.parametrize("verbose", [False, True], ids=["short", "verbose"])
def test_long_lists_are_cut_unless_everything_is_wanted(verbose: bool) -> None:
    actions = Terms(tuple(f"s3:a{number:02}" for number in range(40)))
    removed = tuple(Entry(ROLE, region(actions=Terms((f"s3:b{number:02}",)))) for number in range(30))
    text = render_access_text(
        told(AccessChange(new=(Entry(ROLE, region(actions=actions)),), removed=removed)), Style(verbose=verbose)
    )
    assert ("s3:a39" in text) == verbose
    assert ("s3:b29" in text) == verbose
    assert ("and 28 more" in text) != verbose
    assert ("… and 22 more removed; --verbose shows them" in text) != verbose


def test_text_cannot_steer_a_terminal() -> None:
    found = region(predicates=(HARMFUL,), origins=(Origin(HARMFUL, HARMFUL, HARMFUL),))
    document = told(AccessChange(new=(Entry(replace(ROLE, name=HARMFUL, address=HARMFUL), found),)))
    for text in (render_access_text(document, Style()), render_access_text(document, Style(colour=True))):
        assert all(one.isprintable() for one in re.sub(r"\x1b\[[0-9;]*m", "", text).replace("\n", ""))
        assert "\x1b[31m`x`" not in text


def test_no_line_is_wider_than_it_may_be_but_for_names() -> None:
    for line in render_access_text(told(), Style(width=60)).splitlines():
        assert len(line) <= 60 or len(line.split()) <= 2, line


# -- page ----------------------------------------------------------------------------------------------------------


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not any(name.startswith("on") or name in {"src", "style"} for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_page_says_everything(file_regression: FileRegressionFixture) -> None:
    page = render_access_html(told()).decode()
    reader = _Reader()
    reader.feed(page)
    words = "".join(reader.words)
    for said in ("s3:GetObject", "repo:org-evil", "aws_iam_role_policy.app policy, Read", "too-complex", "iam:*"):
        assert said in words
    assert "New access for 3 subjects" in words
    bare = re.sub(r"<style>.*?</style>", "<style></style>", page, flags=re.DOTALL)
    bare = re.sub(r"sha256-[^']*|planguard \d[^\"]*|<dd>\d+\.\d+\.\d+</dd></div></dl></footer>", "…", bare)
    file_regression.check(bare.replace("><", ">\n<"), extension=".html", encoding="utf-8")


def test_nothing_in_a_plan_becomes_a_part_of_the_page() -> None:
    found = region(
        predicates=(HARMFUL,),
        origins=(Origin(HARMFUL, HARMFUL, HARMFUL),),
        witness=Witness(HARMFUL, HARMFUL, HARMFUL, {HARMFUL: [HARMFUL]}),
    )
    document = told(AccessChange(new=(Entry(replace(ROLE, name=HARMFUL, address=HARMFUL), found),)))
    reader = _Reader()
    reader.feed(render_access_html(document).decode())
    assert "script" not in reader.tags
    assert reader.tags.count("style") == 1


def test_the_page_may_use_its_style_sheet_and_nothing_else() -> None:
    page = render_access_html(told()).decode()
    [sheet] = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = b64encode(sha256(sheet.encode()).digest()).decode()
    assert f"style-src &#x27;sha256-{digest}&#x27;" in page
    assert "default-src &#x27;none&#x27;" in page
    assert not re.search(r"https?:", page)
