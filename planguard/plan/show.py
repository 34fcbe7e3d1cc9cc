"""``terraform show -json`` (or ``tofu``) of a saved plan: which program, where, and why it may fail.

Only the very version that made a saved plan can read it, and only where the plan's providers are installed, because
their schemas are needed to decode the values. What the program prints on failure may hold values of the plan and is
never repeated, except for its heading and version numbers.

Source: Terraform's ``internal/command/show.go`` and ``internal/plans/planfile/tfplan.go``, OpenTofu's of the same
name; "Command: show" in their documentation.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from planguard.errors import PlanError
from planguard.plan.kind import safe_version

BY_HAND = "where the plan was made: `terraform show -json FILE > plan.json`"
_PATIENCE = 600.0


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why a program did not write the JSON. The one that says most about the cause ranks highest."""

    message: str
    hint: str
    rank: int = 1


def show_json(path: Path, terraform_bin: str | None, *, prefer_tofu: bool, place: str) -> bytes:
    """What ``show -json`` prints for a saved plan.

    :param terraform_bin: the one program to use; if None ``terraform``, else ``tofu``, of PATH
    :param prefer_tofu: try ``tofu`` before ``terraform``; either way the other one follows when the first fails
    :raises PlanError: no such program, made by another version, encrypted, providers not installed, any other failure
    """
    failures: list[_Failure] = []
    for program in _programs(terraform_bin, prefer_tofu, place):
        answer = _show(program, path.absolute(), prefer_tofu)
        if isinstance(answer, bytes):
            return answer
        failures.append(answer)
    worst = max(failures, key=lambda failure: failure.rank)
    raise PlanError(worst.message, worst.hint, place=place)


def _programs(terraform_bin: str | None, prefer_tofu: bool, place: str) -> list[str]:
    """Absolute paths of the programs to try, in this order."""
    import os
    import shutil

    names = [terraform_bin] if terraform_bin else ["terraform", "tofu"]
    if prefer_tofu and not terraform_bin:
        names.reverse()
    found = [str(Path(program).absolute()) for name in names if (program := shutil.which(name))]
    if found:
        return found
    hint = f"name one with `--terraform-bin`, or write its JSON {BY_HAND}"
    if not terraform_bin:
        message = "a saved binary plan, and neither `terraform` nor `tofu` is on PATH to read it"
    elif Path(terraform_bin).is_file() and not os.access(terraform_bin, os.X_OK):
        message = f"a saved binary plan, and `{terraform_bin}` is not executable"
    else:
        message = f"a saved binary plan, and there is no program `{terraform_bin}` to read it"
    raise PlanError(message, hint, place=place)


def working_folder(path: Path) -> Path:
    """Where to run Terraform for a plan: the nearest folder with an installation (``.terraform``) or source in it.

    Looked at are the plan's folder, up to three above it, and the current one; else it is the plan's folder.
    """
    home = path.absolute().parent
    for folder in (home, *list(home.parents)[:3], Path.cwd()):
        try:
            names = [entry.name for entry in folder.iterdir()]
        except OSError:
            continue
        if ".terraform" in names or any(name.endswith((".tf", ".tf.json", ".tofu")) for name in names):
            return folder
    return home


def _environment() -> dict[str, str]:
    """This process's environment without what would change the output of ``show`` or call the vendor."""
    import os

    kept = {key: value for key, value in os.environ.items() if not key.startswith(("TF_CLI_ARGS", "TF_LOG"))}
    return kept | {"TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1"}


def _show(program: str, path: Path, is_opentofu: bool) -> bytes | _Failure:
    import subprocess

    name = Path(program).name
    folder = working_folder(path)
    by_hand = f"write the JSON {BY_HAND}"
    try:
        done = subprocess.run(  # noqa: S603 - no shell; the program is the user's own choice
            [program, "show", "-json", "-no-color", str(path)],
            cwd=folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _Failure(f"`{name} show -json` did not end within {_PATIENCE / 60:g} minutes", by_hand)
    except (OSError, ValueError):
        return _Failure(f"`{name}` cannot be run", f"name another with `--terraform-bin`, or {by_hand}")
    if done.returncode == 0 and done.stdout.strip():
        return done.stdout
    return _why(name, done.returncode, done.stderr, is_opentofu, folder)


_NOT_INSTALLED = (
    "unavailable provider",
    "there is no package for",
    "plugins are not installed",
    "dependency lock file",
    "missing or corrupted provider",
    "failed to instantiate provider",
    "Module not installed",
    "terraform init",
    "tofu init",
)


def _why(name: str, code: int, stderr: bytes, is_opentofu: bool, folder: Path) -> _Failure:
    """The cause out of what the program printed, of which no more than a heading is repeated."""
    import re

    lines = re.sub(r"\x1b\[[0-9;]*m|[│╷╵]", "", stderr[:65536].decode("utf-8", "replace"))
    text = " ".join(lines.split())
    other = re.search(r"plan file was created by (?:\w+ or )?(\w+) (\S+), but this is ([^\s;]+);", text)
    if other:
        made, here = safe_version(other[2]) or "another version", safe_version(other[3]) or "another"
        maker = "tofu" if is_opentofu or other[1] == "OpenTofu" else "terraform"
        return _Failure(
            f"made by {maker} {made}, and `{name}` here is {here}: only the same version can read a saved plan",
            f"name that version with `--terraform-bin`, or write the JSON {BY_HAND}",
            rank=0,
        )
    if "file is encrypted" in text or "decryption" in text:
        return _Failure("encrypted by OpenTofu", f"write the JSON {BY_HAND.replace('terraform', 'tofu')}", rank=3)
    if any(sign in text for sign in _NOT_INSTALLED):
        return _Failure(
            f"`{name}` needs the providers of this plan, and they are not installed in `{folder}`",
            f"run `{name} init` there, or write the JSON {BY_HAND}",
            rank=2,
        )
    summary = re.search(r"^\s*Error: ([A-Z][A-Za-z0-9 ,'()-]{0,100})", lines, re.MULTILINE)
    said = f" with `{summary[1].strip()}`" if summary else ""
    hint = f"run `{name} show -json` on it by hand to see the whole message"
    return _Failure(f"`{name} show -json` ended with exit code {code}{said}", hint)
