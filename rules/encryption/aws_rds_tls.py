"""RDS: whether a database insists on TLS."""

from __future__ import annotations

import re
from collections.abc import Iterator

from planguard import Resource, Undetermined, Violation, rule, violation

_GROUP = "aws_db_parameter_group"
_FORCE = ("rds.force_ssl", ("1",))
_REQUIRE = ("require_secure_transport", ("1", "on", "true"))
_SWITCHES = {
    "postgres": _FORCE,
    "sqlserver": _FORCE,
    "mysql": _REQUIRE,
    "mariadb": _REQUIRE,
    "db2": ("db2comm", ("ssl",)),
}
_DEFAULT_ON = {"postgres": (15,), "mariadb": (11, 8), "mysql": (9, 7)}
"""The versions from which on RDS insists on TLS where no parameter says otherwise."""
_VERSION = re.compile(r"(\d+)(?:\.(\d+))?")


@rule(
    id="aws-rds-tls-not-enforced",
    severity="medium",
    domain="encryption",
    resources=["aws_db_instance"],
    aliases=["CKV2_AWS_69"],
    controls={"nist-800-53r5": ["SC-8", "SC-8(1)"]},
    links=[
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/mysql-ssl-connections.html",
    ],
    since="0.2.0",
    bad={
        "PostgreSQL, switched off": """
            resource "aws_db_parameter_group" "orders" {
              name   = "orders"
              family = "postgres16"
              parameter {
                name  = "rds.force_ssl"
                value = "0"
              }
            }

            resource "aws_db_instance" "orders" {
              identifier           = "orders"
              engine               = "postgres"
              instance_class       = "db.t4g.medium"
              parameter_group_name = aws_db_parameter_group.orders.name
            }
        """,
        "MySQL, other parameters only": """
            resource "aws_db_parameter_group" "orders" {
              name   = "orders"
              family = "mysql8.0"
              parameter {
                name  = "character_set_server"
                value = "utf8"
              }
            }

            resource "aws_db_instance" "orders" {
              identifier           = "orders"
              engine               = "mysql"
              instance_class       = "db.t4g.medium"
              parameter_group_name = aws_db_parameter_group.orders.id
            }
        """,
        "MariaDB, off in words": """
            resource "aws_db_parameter_group" "orders" {
              name   = "orders"
              family = "mariadb10.11"
              parameter {
                name  = "require_secure_transport"
                value = "OFF"
              }
            }

            resource "aws_db_instance" "orders" {
              identifier           = "orders"
              engine               = "mariadb"
              instance_class       = "db.t4g.medium"
              parameter_group_name = "orders"
            }
        """,
        "MariaDB 11.4, left to its default": """
            resource "aws_db_instance" "orders" {
              identifier     = "orders"
              engine         = "mariadb"
              engine_version = "11.4"
              instance_class = "db.t4g.medium"
            }
        """,
        "MariaDB, nothing said of its version": """
            resource "aws_db_instance" "orders" {
              identifier     = "orders"
              engine         = "mariadb"
              instance_class = "db.t4g.medium"
            }
        """,
        "group that comes with RDS": """
            resource "aws_db_instance" "orders" {
              identifier     = "orders"
              engine         = "mysql"
              engine_version = "8.0"
              instance_class = "db.t4g.medium"
            }
        """,
        "default group of an old PostgreSQL": """
            resource "aws_db_instance" "orders" {
              identifier           = "orders"
              engine               = "postgres"
              engine_version       = "13.14"
              instance_class       = "db.t4g.medium"
              parameter_group_name = "default.postgres13"
            }
        """,
        "Db2 without TLS": """
            resource "aws_db_parameter_group" "orders" {
              name   = "orders"
              family = "db2-se-11.5"
              parameter {
                name  = "db2comm"
                value = "TCPIP"
              }
            }

            resource "aws_db_instance" "orders" {
              identifier           = "orders"
              engine               = "db2-se"
              instance_class       = "db.t3.medium"
              parameter_group_name = aws_db_parameter_group.orders.name
            }
        """,
        "MySQL 9.6, left to its default": """
            resource "aws_db_instance" "orders" {
              identifier     = "orders"
              engine         = "mysql"
              engine_version = "9.6"
              instance_class = "db.t4g.medium"
            }
        """,
        "SQL Server, left to its default": """
            resource "aws_db_instance" "orders" {
              identifier     = "orders"
              engine         = "sqlserver-se"
              engine_version = "15.00"
              instance_class = "db.m6i.large"
            }
        """,
    },
    good={
        "PostgreSQL": """
            resource "aws_db_parameter_group" "orders" {
              name   = "orders"
              family = "postgres14"
              parameter {
                name  = "log_connections"
                value = "0"
              }
              parameter {
                name  = "rds.force_ssl"
                value = "1"
              }
            }

            resource "aws_db_instance" "orders" {
              identifier           = "orders"
              engine               = "postgres"
              engine_version       = "14.9"
              instance_class       = "db.t4g.medium"
              parameter_group_name = aws_db_parameter_group.orders.name
            }
        """,
        "SQL Server": """
            resource "aws_db_parameter_group" "orders" {
              name   = "orders"
              family = "sqlserver-se-15.0"
              parameter {
                name         = "rds.force_ssl"
                value        = "1"
                apply_method = "pending-reboot"
              }
            }

            resource "aws_db_instance" "orders" {
              identifier           = "orders"
              engine               = "sqlserver-se"
              instance_class       = "db.m6i.large"
              parameter_group_name = aws_db_parameter_group.orders.name
            }
        """,
        "MySQL, in words": """
            resource "aws_db_parameter_group" "orders" {
              name   = "orders"
              family = "mysql8.0"
              parameter {
                name  = "require_secure_transport"
                value = "ON"
              }
            }

            resource "aws_db_instance" "orders" {
              identifier           = "orders"
              engine               = "mysql"
              instance_class       = "db.t4g.medium"
              parameter_group_name = aws_db_parameter_group.orders.name
            }
        """,
        "PostgreSQL 15, left to its default": """
            resource "aws_db_parameter_group" "orders" {
              name   = "orders"
              family = "postgres15"
            }

            resource "aws_db_instance" "orders" {
              identifier           = "orders"
              engine               = "postgres"
              engine_version       = "15.6"
              instance_class       = "db.t4g.medium"
              parameter_group_name = aws_db_parameter_group.orders.name
            }
        """,
        "PostgreSQL, nothing said of its version": """
            resource "aws_db_instance" "orders" {
              identifier     = "orders"
              engine         = "postgres"
              instance_class = "db.t4g.medium"
            }
        """,
        "MariaDB 11.8, left to its default": """
            resource "aws_db_instance" "orders" {
              identifier     = "orders"
              engine         = "mariadb"
              engine_version = "11.8.3"
              instance_class = "db.t4g.medium"
            }
        """,
        "MySQL 9.7, left to its default": """
            resource "aws_db_parameter_group" "orders" {
              name   = "orders"
              family = "mysql9.7"
            }

            resource "aws_db_instance" "orders" {
              identifier           = "orders"
              engine               = "mysql"
              instance_class       = "db.t4g.medium"
              parameter_group_name = aws_db_parameter_group.orders.name
            }
        """,
        "Db2": """
            resource "aws_db_parameter_group" "orders" {
              name   = "orders"
              family = "db2-se-11.5"
              parameter {
                name  = "db2comm"
                value = "SSL"
              }
            }

            resource "aws_db_instance" "orders" {
              identifier           = "orders"
              engine               = "db2-se"
              instance_class       = "db.t3.medium"
              parameter_group_name = aws_db_parameter_group.orders.name
            }
        """,
        "replica, as its source is": """
            resource "aws_db_instance" "replica" {
              identifier          = "orders-replica"
              replicate_source_db = "orders"
              instance_class      = "db.t4g.medium"
            }
        """,
        "Oracle, where no parameter does it": """
            resource "aws_db_instance" "orders" {
              identifier     = "orders"
              engine         = "oracle-se2"
              instance_class = "db.m6i.large"
            }
        """,
        "MariaDB, as a number": """
            resource "aws_db_parameter_group" "orders" {
              name   = "orders"
              family = "mariadb10.11"
              parameter {
                name  = "require_secure_transport"
                value = "1"
              }
            }

            resource "aws_db_instance" "orders" {
              identifier           = "orders"
              engine               = "mariadb"
              instance_class       = "db.t4g.medium"
              parameter_group_name = aws_db_parameter_group.orders.name
            }
        """,
    },
    undetermined={
        "group that is not in the plan": """
            resource "aws_db_instance" "orders" {
              identifier           = "orders"
              engine               = "mysql"
              instance_class       = "db.t4g.medium"
              parameter_group_name = "orders"
            }
        """,
    },
)
def tls_not_enforced(database: Resource) -> Iterator[Violation]:
    """RDS database accepts connections without TLS.

    A client that does not ask for TLS, or is talked out of it by someone on the way, sends its password and every row
    in the clear. By themselves only PostgreSQL 15, MariaDB 11.8, MySQL 9.7 and what came after them insist on TLS.

    Give the instance a parameter group with `parameter { name = "rds.force_ssl" value = "1" }` (PostgreSQL and SQL
    Server), `require_secure_transport` with `"1"` (MySQL and MariaDB), or `db2comm` with `"SSL"` (Db2). Try the
    clients first: those without TLS are refused from then on.
    """
    # A replica says nothing of its engine: it is judged by its source.
    engine = database.effective("engine", "")
    switch = next((found for name, found in _SWITCHES.items() if engine.startswith(name)), None)
    if switch:
        name, wanted = switch
        value, group = _setting(database, name)
        if not (_is_default_on(database, group, engine) if value == "" else value.lower() in wanted):
            evidence = [group.address] if group else []
            yield violation("parameter_group_name", f"{name} is {value or 'left to its default'}", evidence=evidence)


def _setting(database: Resource, name: str) -> tuple[str, Resource | None]:
    """The value of a parameter, empty where none is set, and the group that was looked at.

    :raises Undetermined: when the group is not in this plan
    """
    for group in database.references(_GROUP, via="parameter_group_name"):
        for _, parameter in group.blocks("parameter"):
            if parameter["name"] == name:
                return parameter["value"], group
        return "", group
    group_name = database.effective("parameter_group_name", "default.")
    if not group_name.startswith("default."):
        raise Undetermined(("parameter_group_name",), database, (), f"{group_name} is not in this plan")
    return "", None


def _is_default_on(database: Resource, group: Resource | None, engine: str) -> bool:
    """Whether TLS is asked for where no parameter says so."""
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/mariadb-ssl-connections.require-ssl.html
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/mysql-ssl-connections.require-ssl.html
    if engine not in _DEFAULT_ON:
        return False
    family = group.get("family", "") if group else database.effective("parameter_group_name", "")
    version = _VERSION.search(family) or _VERSION.match(database.effective("engine_version", ""))
    if not version:
        return engine == "postgres"  # new ones are 15 or later
    return tuple(int(one) for one in version.groups() if one) >= _DEFAULT_ON[engine]
