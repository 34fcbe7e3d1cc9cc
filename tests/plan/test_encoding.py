"""Text as shells write it."""

from __future__ import annotations

import codecs
import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planguard.errors import ExitCode, PlanError
from planguard.plan.encoding import to_utf8

TEXT = '{"format_version":"1.2","owner":"café \U0001f600"}\n'
HINT = (
    "write the file again as UTF-8; in PowerShell: `terraform show -json tfplan | Out-File -Encoding utf8 plan.json`"
)


def test_utf8_is_passed_on_without_a_copy() -> None:
    data = TEXT.encode()
    assert to_utf8(data, place="p") is data


def test_the_mark_of_utf8_is_taken_off_without_a_copy() -> None:
    data = codecs.BOM_UTF8 + TEXT.encode()
    text = to_utf8(data, place="p")
    assert isinstance(text, memoryview)
    assert text.obj is data
    assert text == TEXT.encode()


@pytest.mark.parametrize("order", ["le", "be"])
@pytest.mark.parametrize("width", [16, 32])
@pytest.mark.parametrize("mark", ["\ufeff", "", "\ufeff\ufeff"], ids=["with mark", "without mark", "with two marks"])
def test_wide_text_is_written_anew(order: str, width: int, mark: str) -> None:
    data = (mark + TEXT).encode(f"utf-{width}-{order}")
    assert to_utf8(data, place="p") == TEXT.encode()


@pytest.mark.parametrize(
    "text", ["\r\n{}", "[1]", " {"], ids=["a line break first", "an array", "nothing but two characters"]
)
def test_without_a_mark_the_zero_bytes_tell(text: str) -> None:
    assert to_utf8(text.encode("utf-16-le"), place="p") == text.encode()
    assert to_utf8(text.encode("utf-16-be"), place="p") == text.encode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"\x00",
        b"\x00\x00\x00\x00",
        b"\x01\x00\x02\x00",
        b"\x7fELF",
        b"PK\x03\x04",
        b"\xff",
        b"{\x00",
        b"caf\xe9",
    ],
    ids=repr,
)
def test_anything_else_is_passed_on(data: bytes) -> None:
    assert to_utf8(data, place="p") is data


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("\ufeff{}".encode("utf-16-le")[:-1], "UTF-16 text that ends in the middle of a character"),
        ("\ufeff{}".encode("utf-16-be") + b"\xd8\x3d", "UTF-16 text that ends in the middle of a character"),
        (b"\xff\xfe{\x00\x00\xdc}\x00", "UTF-16 text with a character that does not exist"),
        (b"\xff\xfe{\x00\x3d\xd8}\x00", "UTF-16 text with a character that does not exist"),
        ('{"a":1}'.encode("utf-16-le") + b"\x20", "UTF-16 text that ends in the middle of a character"),
        (codecs.BOM_UTF32_LE + b"{\x00\x00", "UTF-32 text that ends in the middle of a character"),
        (codecs.BOM_UTF32_BE + b"\x00\x11\x00\x00", "UTF-32 text with a character that does not exist"),
    ],
    ids=[
        "odd length",
        "first half of a pair at the end",
        "second half of a pair alone",
        "first half of a pair alone",
        "odd length without a mark",
        "UTF-32 cut off",
        "UTF-32 beyond the last character",
    ],
)
def test_broken_wide_text_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(PlanError) as caught:
        to_utf8(data, place="plan.json")
    error = caught.value
    assert (error.message, error.hint, error.place) == (message, HINT, "plan.json")
    assert error.exit_code is ExitCode.UNREADABLE_PLAN


@settings(deadline=None)
@given(
    st.binary()
    | st.builds(lambda mark, rest: mark + rest, st.sampled_from([codecs.BOM_UTF16_LE, b"\x00{"]), st.binary())
)
def test_no_bytes_do_anything_else(data: bytes) -> None:
    with contextlib.suppress(PlanError):
        assert isinstance(to_utf8(data, place="p"), bytes | memoryview)


@settings(deadline=None)
@given(st.text(), st.sampled_from(["utf-8-sig", "utf-16", "utf-32"]))
def test_text_with_a_mark_comes_through(text: str, encoding: str) -> None:
    assert bytes(to_utf8(text.encode(encoding), place="p")).decode() == text.lstrip("\ufeff")
