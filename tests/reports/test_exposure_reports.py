"""Exposure as a document, as text, as a picture and as a page."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from itertools import combinations

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from pytest_regressions.file_regression import FileRegressionFixture

from planguard.exposure.analysis import Exposed, ExposureChange
from planguard.exposure.model import NO_NETWORK, Endpoint, Hop, Link, Missing, Network, Way
from planguard.exposure.packets import EVERYTHING, TCP, Packets, packets
from planguard.exposure.ranges import PUBLIC, Ranges, difference, intersection, parse_network, ranges_of
from planguard.plan.sensitive import SENSITIVE
from planguard.reports.analysed import AnalysedPlan
from planguard.reports.exposure_drawing import MOST_BOXES, drawing_of
from planguard.reports.exposure_html import render_exposure_html
from planguard.reports.exposure_layout import Spot, Tie, place
from planguard.reports.exposure_model import ExposureDocument, exposure_document, render_exposure_json
from planguard.reports.exposure_sources import networks_shown, ports_shown, protocol_shown, service_shown
from planguard.reports.exposure_svg import render_exposure_svg
from planguard.reports.exposure_text import render_exposure_text
from planguard.reports.text import Style
from tests.conftest import ROOT, change, graph_from, plan_document
from tests.reports.analyses import PLAN, city, document, endpoint, shop, way

SVG = "{http://www.w3.org/2000/svg}"
HARMFUL = '</style><script>alert("1")</script>\x1b[31m\u202e`x`'

# -- addresses and ports -------------------------------------------------------------------------------------------


def networks(*texts: str) -> Ranges:
    return ranges_of(pair for text in texts for pair in parse_network(text))


@pytest.mark.parametrize(
    ("addresses", "listed", "left_out"),
    [
        (networks("0.0.0.0/0"), ["0.0.0.0/0"], []),
        (networks("0.0.0.0/0", "::/0"), ["0.0.0.0/0", "::/0"], []),
        (PUBLIC, ["0.0.0.0/0", "::/0"], []),
        (networks("0.0.0.0/1"), ["0.0.0.0/1"], []),
        (networks("0.0.0.0/1", "128.0.0.0/1"), ["0.0.0.0/0"], []),
        (networks("1.2.3.0/24", "10.0.0.0/8"), ["1.2.3.0/24", "10.0.0.0/8"], []),
        (networks("11.0.0.0/8"), ["11.0.0.0/8"], []),
        (difference(PUBLIC, networks("1.2.3.0/24")), ["0.0.0.0/0", "::/0"], ["1.2.3.0/24"]),
        (intersection(PUBLIC, networks("0.0.0.0/1")), ["0.0.0.0/1"], []),
        (networks("2001:4860::/32"), ["2001:4860::/32"], []),
        (difference(networks("80.0.0.0/4"), networks("88.99.100.0/24")), ["80.0.0.0/4"], ["88.99.100.0/24"]),
        (
            difference(networks("1.2.0.0/16", "9.0.0.0/8"), networks("1.2.3.4/32")),
            ["1.2.0.0/16", "9.0.0.0/8"],
            ["1.2.3.4/32"],
        ),
        (networks("0.0.0.0/1", "128.0.0.0/2"), ["0.0.0.0/1", "128.0.0.0/2"], []),
        (difference(networks("::/0"), networks("2001:db8::/32")), ["::/0"], ["2001:db8::/32"]),
        ((), [], []),
    ],
    ids=[
        "all of IPv4", "everything", "all that is public", "half", "both halves", "one and a private one",
        "next to a private one", "all but one", "half of what is public", "IPv6", "a part without a part",
        "two without an address", "three quarters", "all but a part of IPv6", "nothing",
    ],
)  # fmt: skip
def test_addresses_are_told_in_few_networks(addresses: Ranges, listed: list[str], left_out: list[str]) -> None:
    assert networks_shown(addresses) == (listed, left_out)


@given(
    st.lists(st.tuples(st.integers(0, 2**32 - 1), st.sampled_from([8, 12, 16, 24, 31, 32])), min_size=1, max_size=6),
    st.booleans(),
)
def test_the_networks_are_the_public_addresses_that_were_meant(pairs: list[tuple[int, int]], turned: bool) -> None:
    found = ranges_of((base >> (32 - bits) << (32 - bits), base | (1 << (32 - bits)) - 1) for base, bits in pairs)
    addresses = difference(PUBLIC, found) if turned else found
    listed, left_out = networks_shown(addresses)
    told = difference(networks(*listed), networks(*left_out)) if listed else ()
    assert intersection(told, PUBLIC) == intersection(addresses, PUBLIC)


def test_ports_and_protocols_are_told_as_people_write_them() -> None:
    assert ports_shown(((22, 22), (8000, 8100))) == ["22", "8000-8100"]
    assert ports_shown(((0, 65535),)) == ["all"]
    assert protocol_shown(((0, 255),)) == "all"
    assert protocol_shown(((0, 5), (7, 255))) == "all but tcp"
    assert protocol_shown(((6, 6), (17, 17))) == "tcp, udp"
    assert service_shown("tcp", ["22", "80"]) == "22, 80/tcp"
    assert service_shown("tcp", ["all"]) == "all ports/tcp"
    assert service_shown("icmp", ["all"]) == "icmp"
    assert service_shown("all", ["all"]) == "all traffic"


# -- document ------------------------------------------------------------------------------------------------------

WEB = Endpoint("aws_instance.web", "compute", "aws")
STORE = Endpoint("aws_db_instance.db", "database", "aws")
PLANNED = ("aws_vpc.main", "aws_subnet.a", WEB.address, STORE.address)


def tcp(port: int, addresses: Ranges = PUBLIC) -> Packets:
    return packets(addresses, TCP, ((port, port),))


def a_way(them: Packets, *, may: Packets | None = None, **more: object) -> Way:
    hops = (Hop("internet"), Hop("aws_security_group.w", "ingress[0].cidr_blocks", "22/tcp"), Hop(WEB.address))
    return Way(WEB, them, may if may is not None else them, hops, **more)  # type: ignore[arg-type]


def told(
    before: Network = NO_NETWORK, after: Network = NO_NETWORK, secret: str = "", **found: object
) -> ExposureDocument:
    """The document of what was found in a plan of these two snapshots."""
    found = {name: tuple(entries) for name, entries in found.items()}  # type: ignore[attr-defined]
    change_ = ExposureChange(**found, before=before, after=after)  # type: ignore[arg-type]
    changes = [
        change(address, ["create"], None, {"secret": secret}, after_sensitive={"secret": True}) for address in PLANNED
    ]
    references = {
        "aws_subnet.a": {"vpc_id": ["aws_vpc.main.id", "aws_vpc.main"]},
        WEB.address: {
            "subnet_id": ["aws_subnet.a.id", "aws_subnet.a"],
            "user_data": ["aws_db_instance.db.address", STORE.address],
        },
    }
    blocks = [
        {
            "address": address,
            "mode": "managed",
            "type": address.partition(".")[0],
            "name": address.partition(".")[2],
            "provider_config_key": "aws",
            "expressions": {key: {"references": named} for key, named in references.get(address, {}).items()},
        }
        for address in PLANNED
    ]
    plan = plan_document(*changes, configuration={"root_module": {"resources": blocks}})
    return exposure_document(change_, graph_from(plan), PLAN)


def test_the_document_obeys_its_schema() -> None:
    schema = json.loads((ROOT / "docs" / "exposure.schema.json").read_bytes())
    jsonschema.Draft202012Validator.check_schema(schema)
    for one in (shop(), city(40), document([])):
        errors = jsonschema.Draft202012Validator(schema).iter_errors(json.loads(render_exposure_json(one)))
        assert [error.message for error in errors] == []


def test_each_way_is_told_with_its_path() -> None:
    guard = Hop("aws_security_group.w", "ingress[0].cidr_blocks")
    missing = (Missing("route-unknown", "aws_route.r", "gateway_id", "known after apply"),)
    new = a_way(tcp(22), assumptions=("b", "a"), guards=(guard,))
    open_ = a_way((), may=tcp(80, networks("203.0.113.0/24", "8.8.8.8")), missing=missing)
    found = told(new=[Exposed(WEB, new.must, new)], possible=[Exposed(WEB, open_.may, open_)])
    [entry], [possible] = found.new, found.possible
    assert (entry.endpoint, entry.kind, entry.protocol, entry.ports) == (WEB.address, "compute", "tcp", ["22"])
    assert (entry.sources, entry.source_class) == (["0.0.0.0/0", "::/0"], "whole")
    assert [hop.address for hop in entry.path] == ["internet", "aws_security_group.w", WEB.address]
    assert entry.assumptions == ["a", "b"]
    assert [hop.attribute for hop in entry.guards] == ["ingress[0].cidr_blocks"]
    assert (possible.sources, possible.source_class) == (["8.8.8.8/32", "203.0.113.0/24"], "narrow")
    assert [one.code for one in possible.missing] == ["route-unknown"]


def test_what_stands_before_and_after_is_told_as_unchanged() -> None:
    before, after = a_way(tcp(22)), a_way(tcp(22) + tcp(80))
    ends = (WEB, STORE)
    found = told(Network(ends, (before,)), Network(ends, (after,)), new=[Exposed(WEB, tcp(80), after)])
    assert [one.ports for one in found.unchanged] == [["22"]]
    assert [one.ports for one in found.new] == [["80"]]
    assert [(one.address, one.before, one.after, one.possible) for one in found.endpoints] == [
        (WEB.address, True, True, False),
        (STORE.address, False, False, False),
    ]
    assert found.summary["exposed_before"] == found.summary["exposed_after"] == 1


def test_private_sources_do_not_count_as_reached() -> None:
    inner = a_way(tcp(22, networks("10.0.0.0/8")))
    found = told(Network((WEB,), (inner,)), Network((WEB,), (inner,)))
    assert found.unchanged == []
    assert not found.endpoints[0].after


@pytest.mark.parametrize(
    ("before", "after", "standings"),
    [
        ([], [(5432, True)], {("new", "5432")}),
        ([(5432, True)], [], {("closed", "5432")}),
        ([(5432, True)], [(5432, True)], {("unchanged", "5432")}),
        ([], [(5432, False)], {("possible", "5432")}),
        ([(5432, False)], [(5432, True)], set()),
        ([(5432, True)], [(5432, True), (22, True)], {("unchanged", "5432"), ("new", "22")}),
    ],
    ids=["new", "closed", "unchanged", "possible", "possible before, certain after", "one more port"],
)
def test_links_are_compared(
    before: list[tuple[int, bool]], after: list[tuple[int, bool]], standings: set[tuple[str, str]]
) -> None:
    def network(ports: list[tuple[int, bool]]) -> Network:
        links = tuple(Link(WEB.address, STORE, tcp(port), (), certain) for port, certain in ports)
        return Network((WEB, STORE), (), links)

    found = told(network(before), network(after))
    assert {(one.standing, port) for one in found.links for port in one.ports} == standings


def test_an_endpoint_stands_in_the_network_that_it_is_tied_to() -> None:
    found = told(after=Network((WEB, STORE)))
    assert {one.address: one.network for one in found.endpoints} == {WEB.address: "aws_vpc.main", STORE.address: ""}


def test_sensitive_values_are_nowhere() -> None:
    secret = "hunter2-hunter2"
    hops = (Hop("internet"), Hop(f'aws_x.y["{secret}"]', secret, f"from {secret}"), Hop(WEB.address))
    missing = (Missing("range-unknown", WEB.address, secret, secret),)
    leaking = Way(WEB, tcp(22), tcp(22), hops, (), missing, hops[1:2])
    links = (Link(WEB.address, STORE, EVERYTHING, hops),)
    network = Network((WEB, STORE), (leaking,), links, missing)
    found = told(after=network, secret=secret, new=[Exposed(WEB, tcp(22), leaking)])
    for content in (
        render_exposure_json(found),
        render_exposure_text(found, Style(verbose=True)).encode(),
        render_exposure_svg(found).encode(),
        render_exposure_html(found),
    ):
        assert secret.encode() not in content
        assert SENSITIVE.encode() in content


# -- text ----------------------------------------------------------------------------------------------------------


def test_text(file_regression: FileRegressionFixture) -> None:
    file_regression.check(render_exposure_text(shop(), Style()), extension=".txt", encoding="utf-8")


def test_text_of_a_plan_without_exposure() -> None:
    assert render_exposure_text(document([]), Style()) == (
        "tfplan.json  terraform 1.11.4 · environment prod\n\n"
        "nothing can be reached that could not be reached before\n\n"
        "ledger   0 endpoints; reached from the internet: 2 before, 3 after · 0 new · 0 possible · 0 closed ·\n"
        "         0 undetermined\n"
    )


def test_text_cannot_steer_a_terminal() -> None:
    web = endpoint(HARMFUL, "compute")
    text = render_exposure_text(document([web], new=[way(web, ["22"], (HARMFUL, HARMFUL, HARMFUL))]), Style())
    assert all(one.isprintable() for one in text.replace("\n", ""))


# -- picture -------------------------------------------------------------------------------------------------------


def words(svg: str) -> list[str]:
    return ["".join(one.itertext()) for one in ET.fromstring(svg).iter(f"{SVG}text")]


def test_picture(file_regression: FileRegressionFixture) -> None:
    file_regression.check(render_exposure_svg(shop()), extension=".svg", encoding="utf-8")


def test_what_is_new_stands_out_by_a_word() -> None:
    said = words(render_exposure_svg(shop()))
    for label in ("new 5432/tcp", "new 22/tcp", "new 8080/tcp", "closed 443/tcp", "possible 443/tcp", "80, 443/tcp"):
        assert label in said


def test_what_nothing_outside_leads_to_is_counted() -> None:
    drawing = drawing_of(shop())
    assert drawing.left_out == {"database": 1}
    assert "aws_db_instance.hidden" not in render_exposure_svg(shop())
    assert "Not drawn, because nothing outside leads to it: 1 database." in words(render_exposure_svg(shop()))


def test_a_way_through_a_balancer_is_drawn_behind_it() -> None:
    drawing = drawing_of(shop())
    names = [one.name for one in drawing.places]
    [arrow] = [one for one in drawing.arrows if names[one.target] == "web" and one.label == "new 8080/tcp"]
    assert names[arrow.source] == "front"
    assert not arrow.is_inner


@pytest.mark.parametrize("many", [30, 300, 3000])
def test_every_endpoint_is_drawn_folded_or_counted(many: int) -> None:
    found = city(many)
    drawing = drawing_of(found)
    boxes = [one for one in drawing.places if one.layer]
    assert sum(one.folded for one in boxes) + sum(drawing.left_out.values()) == many
    assert len(boxes) <= MOST_BOXES
    assert (drawing.folded == 0) == (many == 30)
    lines = len(found.new) + len(found.closed) + len(found.possible) + len(found.unchanged)
    assert lines > 0


def boxes_of(found: ExposureDocument) -> Iterator[tuple[float, float, float, float]]:
    drawing = drawing_of(found)
    placed = place(
        [Spot(one.layer, one.network, 120.0) for one in drawing.places],
        [Tie(one.source, one.target, 60.0, one.label) for one in drawing.arrows],
        [*sorted({one.network for one in drawing.places} - {""}), ""],
    )
    for rect in placed.boxes:
        assert rect.y >= 0.0
        assert rect.y + rect.height <= placed.height
        yield rect.x, rect.y, rect.x + rect.width, rect.y + rect.height
    for spot, rect in zip(drawing.places, placed.boxes, strict=True):
        for band, frame in placed.frames:
            inside = frame.y <= rect.y and rect.y + rect.height <= frame.y + frame.height
            assert inside == (spot.network == band) or not spot.layer
    for route in placed.routes:
        assert route[-1][1] == route[-2][1]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("many", [12, 30, 120])
def test_no_box_lies_over_another(many: int, seed: int) -> None:
    for one, other in combinations(boxes_of(city(many, seed)), 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def test_nothing_at_all_is_a_picture_too() -> None:
    assert "Nothing outside leads to anything in this plan." in words(render_exposure_svg(document([])))


def test_texts_that_mean_harm_break_no_picture() -> None:
    web = endpoint(HARMFUL, "compute", HARMFUL)
    hostile = document([web], new=[way(web, ["22"], (HARMFUL, HARMFUL, HARMFUL), sources=[HARMFUL])])
    svg = render_exposure_svg(replace(hostile, plan=AnalysedPlan(HARMFUL, "", HARMFUL)))
    tags = {one.tag.removeprefix(SVG) for one in ET.fromstring(svg).iter()}
    assert "script" not in tags
    assert "\x1b" not in svg


def test_the_same_document_is_the_same_picture_in_every_process() -> None:
    program = (
        "import sys\nfrom tests.reports.analyses import city, shop\n"
        "from planguard.reports.exposure_svg import render_exposure_svg\n"
        "sys.stdout.write(render_exposure_svg(shop()) + render_exposure_svg(city(120)))\n"
    )
    drawn = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(drawn) == 1


# -- page ----------------------------------------------------------------------------------------------------------


def test_the_page_has_the_picture_and_every_path() -> None:
    page = render_exposure_html(shop()).decode()
    assert page.count("<svg") == 1
    assert page.count("<style>") == 1
    assert "New exposure of 4 endpoints" in page
    assert not re.search(r"https?:(?!//www.w3.org/2000/svg)", page)
    text = re.sub(r"<[^>]*>", "", page)
    for said in ("ingress[0].cidr_blocks: 5432/tcp from 0.0.0.0/0", "public-name-resolves", "1.2.3.0/24"):
        assert said in text


def test_nothing_in_a_plan_becomes_a_part_of_the_page() -> None:
    web = endpoint(HARMFUL, "compute", HARMFUL)
    page = render_exposure_html(document([web], new=[way(web, ["22"], (HARMFUL, HARMFUL, HARMFUL))])).decode()
    assert "<script" not in page
    assert page.count("</style>") == 1
