"""Files that a configuration reads with ``file`` and its kin: those in its folder, and no others."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path

MOST = 4 << 20
"""Bytes of the largest file that is read."""


@dataclass(frozen=True)
class FolderFiles:
    """The files in a folder and below.

    :ivar root: the folder of the root module, from which paths are told
    :ivar tree: the folder whose files may be read
    """

    root: Path
    tree: Path

    def read(self, path: str) -> bytes | None:
        """The content of a file.

        :param path: from the root folder, with ``/``
        :returns: None for one that is not there, is no regular file, is too large, or lies outside of the folder,
            be it by ``..`` or through a link
        """
        try:
            found = (self.root / path).resolve(strict=True)
            if not found.is_relative_to(self.tree.resolve(strict=True)):
                return None
            status = found.stat()
            if not stat.S_ISREG(status.st_mode) or status.st_size > MOST:
                return None
            return found.read_bytes()
        except (OSError, ValueError, RuntimeError):
            return None
