"""One rule that flags and one that breaks, on types that do not stand in one plan together."""

from planguard import rule, violation


@rule(id="test-ssh-open", severity="critical", domain="network", resources=["aws_security_group_rule"])
def ssh_open(one):
    """SSH is open.

    Whoever finds the port can knock on it.

    Allow named ranges.
    """
    yield violation("cidr_blocks", "open")


@rule(id="test-database-breaks", severity="low", domain="baseline", resources=["aws_db_instance"])
def database_breaks(database):
    """Rule breaks on databases.

    A rule that breaks has judged nothing.

    Mend the rule.
    """
    raise RuntimeError("no idea")
    yield
