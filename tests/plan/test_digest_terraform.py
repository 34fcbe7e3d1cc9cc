"""Digests of what the real terraform plans: the same for every run of the same plan, another for any change."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from planguard.plan.digest import Context, Digests
from tests.conftest import plan_from

TERRAFORM = shutil.which("terraform")
pytestmark = pytest.mark.skipif(TERRAFORM is None, reason="terraform is not on PATH")
MAIN = """
variable "size" { default = 3 }

variable "token" {
  default   = "hunter2-hunter2"
  sensitive = true
}

resource "terraform_data" "first" {
  input = { size = var.size, policy = jsonencode({ b = 1, a = [var.size] }), who = terraform.workspace == "x" }
}

resource "terraform_data" "second" {
  input            = terraform_data.first.id
  triggers_replace = [var.token]
}

module "inner" {
  source = "./inner"
  given  = terraform_data.first.output
}
"""
INNER = """
variable "given" {}

resource "terraform_data" "each" {
  for_each = toset(["a", "b"])
  input    = var.given
}
"""


TRIGGER = "triggers_replace = [var.token]\n"


class Stack:
    """A root module in a folder, and the plans that terraform makes of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "inner").mkdir(parents=True)
        (folder / "inner" / "main.tf").write_text(INNER)
        self.write(MAIN)
        self.terraform("init")

    def write(self, text: str, name: str = "main.tf") -> None:
        (self.folder / name).write_text(text)

    def terraform(self, *words: str) -> str:
        assert TERRAFORM is not None
        settings = {**os.environ, "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"}
        done = subprocess.run(
            [TERRAFORM, *words], cwd=self.folder, env=settings, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def digest(self, *words: str, workspace: str = "default") -> str:
        self.terraform("plan", "-input=false", "-out=tfplan", *words)
        plan = plan_from(self.terraform("show", "-json", "tfplan").encode())
        return Digests(plan, b"a key").of_plan(Context(workspace=workspace))


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    yield Stack(tmp_path_factory.mktemp("stack"))


@pytest.fixture(autouse=True)
def restored(stack: Stack) -> Iterator[None]:
    yield
    for path in stack.folder.glob("*.tf"):
        path.unlink()
    stack.write(MAIN)


@pytest.fixture(scope="module")
def first(stack: Stack) -> str:
    return stack.digest()


def test_five_runs_and_any_parallelism(stack: Stack, first: str) -> None:
    assert {stack.digest(f"-parallelism={number}") for number in (1, 2, 5, 10, 20)} == {first}


def test_names_of_files_comments_and_formatting(stack: Stack, first: str) -> None:
    (stack.folder / "main.tf").unlink()
    head, rest = MAIN.split('resource "terraform_data" "first"')
    stack.write(f"# moved about\n{head}", "variables.tf")
    stack.write(f'resource "terraform_data" "first"{rest}'.replace("size = var.size", "size   =   var.size"), "z.tf")
    assert stack.digest() == first


def test_a_merge_commit(stack: Stack, first: str) -> None:
    if shutil.which("git") is None:
        pytest.skip("git is not on PATH")

    def git(*words: str) -> None:
        who = ["-c", "user.name=x", "-c", "user.email=x@example.com"]
        subprocess.run(["git", *who, *words], cwd=stack.folder, check=True, capture_output=True)

    git("init", "--initial-branch", "main")
    git("add", "main.tf", "inner")
    git("commit", "-m", "one")
    git("checkout", "-b", "side")
    (stack.folder / "notes.md").write_text("words\n")
    git("add", "notes.md")
    git("commit", "-m", "two")
    git("checkout", "main")
    git("merge", "--no-ff", "-m", "three", "side")
    assert stack.digest() == first


@pytest.mark.parametrize(
    "words",
    [
        ["-var", "size=4"],
        ["-var", "token=hunter3-hunter3"],
        ["-target", "terraform_data.first"],
        ["-destroy"],
    ],
    ids=" ".join,
)
def test_what_would_be_applied_counts(stack: Stack, first: str, words: list[str]) -> None:
    assert stack.digest(*words) != first


def test_a_second_workspace_counts(stack: Stack, first: str) -> None:
    assert stack.digest(workspace="x") != first


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("input            = terraform_data.first.id", "input            = terraform_data.first.output"),
        ("given  = terraform_data.first.output", "given  = terraform_data.first.id"),
        ("b = 1", "b = 2"),
        (TRIGGER, f'{TRIGGER}  provisioner "local-exec" {{\n    command = "true"\n  }}\n'),
    ],
    ids=["reference of an unknown value", "reference into a module", "inside a JSON text", "a provisioner"],
)  # fmt: skip
def test_what_the_changes_alone_do_not_show_counts(stack: Stack, first: str, before: str, after: str) -> None:
    assert before in MAIN
    stack.write(MAIN.replace(before, after))
    assert stack.digest() != first


def test_a_secret_counts_only_with_a_key(stack: Stack) -> None:
    def without_key(*words: str) -> str:
        stack.terraform("plan", "-input=false", "-out=tfplan", *words)
        digests = Digests(plan_from(stack.terraform("show", "-json", "tfplan").encode()))
        found = digests.of_plan()
        assert digests.keyed_sensitive is False
        return found

    assert without_key() == without_key("-var", "token=hunter3-hunter3")


def test_the_order_of_relevant_attributes_does_not_count(stack: Stack, first: str) -> None:
    stack.terraform("plan", "-input=false", "-out=tfplan")
    document = json.loads(stack.terraform("show", "-json", "tfplan"))
    document["relevant_attributes"] = list(reversed(document.get("relevant_attributes", [])))
    document["timestamp"] = "2031-01-01T00:00:00Z"
    digests = Digests(plan_from(document), b"a key")
    assert digests.of_plan(Context(workspace="default")) == first
