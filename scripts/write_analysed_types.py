"""Write docs/analysed-types.md: which resource types the analyses of access and exposure read, by cloud.

The types are those that the modules of a cloud name, so that the page cannot say more than there is.
"""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

from planguard.schema.table import resource_kinds

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "analysed-types.md"
CLOUDS = {
    "AWS": ("aws", "aws_"),
    "Azure": ("azure", "azurerm_", "azuread_"),
    "Google Cloud": ("google", "google_"),
    "Kubernetes": ("kubernetes", "kubernetes_", "kubectl_", "helm_", "aws_eks_"),
}
ANALYSES = {"Access": "access", "Exposure": "exposure"}
_HEAD = (
    "# Types that are analysed\n\n"
    "Which resource types the analyses of [access](access.md) and [exposure](exposure.md) read. Other types "
    "say nothing to them. Bindings of Google Cloud (`google_*_iam_member`, `_binding`, `_policy`) are read for all "
    "types. `python scripts/write_analysed_types.py` writes this page from the modules.\n"
)


def types_named(folder: Path, prefixes: tuple[str, ...], known: frozenset[str]) -> list[str]:
    """The resource types that the modules below a folder name, in a text or in one of their tables."""
    found: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value.removeprefix("data."))
        module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for table in vars(module).values():
            if isinstance(table, (dict, tuple, frozenset)):
                found.update(one for one in table if isinstance(one, str))
    return sorted(name for name in found if name.startswith(prefixes) and name in known)


def known_types() -> frozenset[str]:
    """The types of which a provider's schema says that they are there."""
    return resource_kinds() | {"helm_release", "kubectl_manifest"}


def page() -> str:
    """The page as it should stand in its file."""
    known = known_types()
    parts = [_HEAD]
    for title, analysis in ANALYSES.items():
        parts.append(f"\n## {title}\n")
        for cloud, (folder, *prefixes) in CLOUDS.items():
            named = types_named(ROOT / "planguard" / analysis / folder, tuple(prefixes), known)
            parts.append(f"\n**{cloud}** ({len(named)}): {', '.join(f'`{name}`' for name in named)}.\n")
    return "".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
