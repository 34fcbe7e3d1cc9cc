"""WorkSpaces: disks of desktops."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from planguard import Resource, Violation, rule, violation

_DESKTOP = "aws_workspaces_workspace"
_LINKS = ["https://docs.aws.amazon.com/workspaces/latest/adminguide/encrypt-workspaces.html"]
_CONTROLS: dict[str, Iterable[str]] = {"nist-800-53r5": ["SC-13", "SC-28", "SC-28(1)"]}
_ROOT = "root_volume_encryption_enabled"
_USER = "user_volume_encryption_enabled"


def _desktop(root: str, user: str) -> str:
    return f"""
        resource "aws_workspaces_workspace" "ana" {{
          directory_id                   = "d-0123456789"
          bundle_id                      = "wsb-0123456789"
          user_name                      = "ana"
          {_ROOT} = {root}
          {_USER} = {user}
        }}
    """


_NOTHING_SAID = """
    resource "aws_workspaces_workspace" "ana" {
      directory_id = "d-0123456789"
      bundle_id    = "wsb-0123456789"
      user_name    = "ana"
    }
"""
_BOTH = _desktop("true", "true")


@rule(
    id="aws-workspaces-volume-unencrypted",
    severity="high",
    domain="encryption",
    resources=[_DESKTOP],
    aliases=["AVD-AWS-0109"],
    controls=_CONTROLS,
    links=_LINKS,
    since="0.2.0",
    bad={
        "nothing said": _NOTHING_SAID,
        "only the root volume": _desktop("true", "false"),
        "only the user volume": _desktop("false", "true"),
    },
    good={"both": _BOTH},
)
def volume_unencrypted(desktop: Resource) -> Iterator[Violation]:
    """Desktop has a volume that is not encrypted.

    Desktops hold documents, mail, browser sessions and saved passwords. Unencrypted, so do the backups that AWS makes
    of them every twelve hours.

    Set `root_volume_encryption_enabled = true`, `user_volume_encryption_enabled = true` and `volume_encryption_key`.
    A desktop that exists is replaced by that, so move its files first.
    """
    yield from _unencrypted(desktop, _ROOT, "root volume is not encrypted")
    yield from _unencrypted(desktop, _USER, "user volume is not encrypted")


@rule(
    id="aws-workspaces-user-volume-unencrypted",
    severity="high",
    domain="encryption",
    resources=[_DESKTOP],
    aliases=["CKV_AWS_155"],
    controls=_CONTROLS,
    links=_LINKS,
    since="0.2.0",
    wider=["aws-workspaces-volume-unencrypted"],
    bad={"nothing said": _NOTHING_SAID, "only the root volume": _desktop("true", "false")},
    good={"both": _BOTH, "only the user volume": _desktop("false", "true")},
)
def user_volume_unencrypted(desktop: Resource) -> Iterator[Violation]:
    """Desktop's user volume is not encrypted.

    It holds what somebody works on, and what the browser and the mail program keep of it.

    Set `user_volume_encryption_enabled = true` and `volume_encryption_key`. That replaces the desktop.
    """
    yield from _unencrypted(desktop, _USER, "user volume is not encrypted")


@rule(
    id="aws-workspaces-root-volume-unencrypted",
    severity="high",
    domain="encryption",
    resources=[_DESKTOP],
    aliases=["CKV_AWS_156"],
    controls=_CONTROLS,
    links=_LINKS,
    since="0.2.0",
    wider=["aws-workspaces-volume-unencrypted"],
    bad={"nothing said": _NOTHING_SAID, "only the user volume": _desktop("false", "true")},
    good={"both": _BOTH, "only the root volume": _desktop("true", "false")},
)
def root_volume_unencrypted(desktop: Resource) -> Iterator[Violation]:
    """Desktop's root volume is not encrypted.

    Programs leave logs, caches and saved credentials on it, and Windows its swap file.

    Set `root_volume_encryption_enabled = true` and `volume_encryption_key`. That replaces the desktop.
    """
    yield from _unencrypted(desktop, _ROOT, "root volume is not encrypted")


def _unencrypted(desktop: Resource, path: str, message: str) -> Iterator[Violation]:
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/workspaces_workspace
    if not desktop.get(path):
        yield violation(path, message)
