"""``python -m planguard``."""

from planguard.cli.main import main

main()
