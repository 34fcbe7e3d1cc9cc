"""The blast radius in the reports on access: what stands in it, and what never does."""

from __future__ import annotations

import json

import jsonschema

from planguard.access.analysis import AccessChange
from planguard.access.blast import Blast, Gain, Path, Totals
from planguard.access.model import Subject, Witness
from planguard.access.pattern import symbol
from planguard.access.powers import Step
from planguard.access.sensitive import Sensitive
from planguard.plan.sensitive import SENSITIVE, Redactor
from planguard.reports.access_html import render_access_html
from planguard.reports.access_model import AccessDocument, access_document, render_access_json
from planguard.reports.access_text import render_access_text
from planguard.reports.text import Style
from tests.conftest import ROOT
from tests.reports.analyses import PLAN

BUCKETS = tuple(
    Sensitive("aws", "s3_bucket", f"arn:aws:s3:::b{number}", f"aws_s3_bucket.b{number}") for number in range(6)
)
STEP = Step("sts:AssumeRole", "assume the role role/admin", "role/admin", "aws_iam_role.admin")
WITNESS = Witness("role/app", "s3:GetObject", "arn:aws:s3:::b0/x", {"aws:SecureTransport": "true"})


def gain(name: str = "role/app", *, steps: tuple[Step, ...] = (), how: str = "own-access") -> Gain:
    return Gain(Subject("aws", "identity", name, "", "role"), (Path(how, steps, BUCKETS, WITNESS),))


def blast(*more: Gain, possible: tuple[Gain, ...] = ()) -> Blast:
    return Blast(3, 6, Totals(1, 2, 2), Totals(2, 6, 7), Totals(1, 2, 2), Totals(3, 6, 9), more, possible, ())


def told(found: Blast, secret: str = "") -> AccessDocument:
    redactor = Redactor()
    redactor.add([secret] if secret else [])
    return access_document(AccessChange(), redactor, plan=PLAN, blast=found)


def lines(found: Blast, style: Style | None = None) -> list[str]:
    report = render_access_text(told(found), style or Style(width=200))
    section = report[report.index("blast ") :].partition("\n\n")[0]
    return [line.strip() for line in section.splitlines()]


def test_the_document_obeys_its_schema() -> None:
    schema = json.loads((ROOT / "docs" / "access.schema.json").read_bytes())
    document = json.loads(render_access_json(told(blast(gain(), gain("role/job", steps=(STEP,))))))
    assert list(jsonschema.Draft202012Validator(schema).iter_errors(document)) == []
    radius = document["blast_radius"]
    assert radius["after"] == {
        "sensitive": 6, "principals": 2, "resources": 6, "pairs": 7,
        "perhaps_principals": 3, "perhaps_resources": 6, "perhaps_pairs": 9,
    }  # fmt: skip
    assert [one["principal"] for one in radius["more"]] == ["role/app", "role/job"]
    assert radius["more"][1]["paths"][0]["steps"][0]["principal"] == "role/admin"


def test_the_text_says_how_many_and_how() -> None:
    assert lines(blast(gain(how="administrator", steps=(STEP,)))) == [
        "blast    2 principals reach 6 of 6 sensitive resources (before: 1 and 2 of 3); perhaps 3 reach 6",
        "aws role/app newly reaches",
        "s3 bucket arn:aws:s3:::b0, arn:aws:s3:::b1, arn:aws:s3:::b2, arn:aws:s3:::b3 and 2 more",
        "it can assume the role role/admin; so it gets the access of role/admin as an administrator",
        "for example: role/app may s3:GetObject on arn:aws:s3:::b0/x when aws:SecureTransport = true",
    ]


def test_what_is_left_off_is_counted() -> None:
    many = blast(*(gain(f"role/{number:02}") for number in range(15)))
    assert lines(many)[-1] == "… and 3 more principals, 18 newly reached; --verbose shows them"
    whole = lines(many, Style(width=200, verbose=True))
    assert sum(1 for line in whole if line.endswith("newly reaches")) == 15
    assert not any("--verbose" in line for line in whole)


def test_without_sensitive_resources_nothing_is_said() -> None:
    document = told(Blast())
    assert "blast" not in render_access_text(document, Style())
    assert b"Blast radius" not in render_access_html(document)
    assert json.loads(render_access_json(document))["blast_radius"]["more"] == []


def test_two_policy_documents_have_no_blast_radius() -> None:
    assert access_document(AccessChange(), Redactor()).blast_radius is None


def test_secrets_and_symbols_are_not_shown() -> None:
    secret = "s3cr3t-name"
    name = f"arn:aws:s3:::{secret}-{symbol('aws_s3_bucket.b.id')}"
    path = Path("own-access", (), (Sensitive("aws", "s3_bucket", name),), Witness("", "s3:getobject", f"{name}/x"))
    found = told(blast(Gain(Subject("aws", "identity", "role/app", "", "role"), (path,))), secret)
    for output in (
        render_access_json(found).decode(),
        render_access_text(found, Style(width=300)),
        render_access_html(found).decode(),
    ):
        assert secret not in output
    [entry] = found.blast_radius.more if found.blast_radius else []
    assert entry.paths[0].resources[0].name == f"arn:aws:s3:::{SENSITIVE}-${{aws_s3_bucket.b.id}}"
    assert (entry.paths[0].witness.principal, entry.paths[0].witness.action) == ("role/app", "s3:GetObject")


def test_the_page_has_a_section_for_it() -> None:
    page = render_access_html(told(blast(gain(), possible=(gain("role/job"),)))).decode()
    assert "<h2>Blast radius</h2>" in page
    assert "2 principals, 6 of 6 sensitive resources, 7 pairs of both" in page
    assert page.index("newly reaches") < page.index("perhaps reaches")
