"""Where an instance stands: everything that names, ids and ARNs are derived from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

_ACCOUNTS = ("111122223333", "222233334444", "333344445555")
_TEAMS = ("commerce", "payments", "search", "logistics", "identity")
_SERVICES = ("cart", "invoice", "catalog", "stock", "profile", "parcel", "voucher")
_LANES = {"eu-west-1.blue": ("eu-west-1", "prod", "blue"), 'us "canary"': ("us-east-1", "staging", "canary")}
KEYS = tuple(_LANES)
"""The keys under which every module is instantiated: with dots, quotes and spaces, as people choose them."""


def fingerprint(text: str, digits: int) -> str:
    """Hexadecimal digits that depend on nothing but the text."""
    return blake2b(text.encode(), digest_size=(digits + 1) // 2).hexdigest()[:digits]


@dataclass(frozen=True)
class Place:
    """One instance of a group of modules that belong together.

    :ivar group: the number of the group
    :ivar key: the key of the instance
    """

    group: int
    key: str

    @cached_property
    def region(self) -> str:
        """The AWS region."""
        return _LANES[self.key][0]

    @cached_property
    def environment(self) -> str:
        """The environment."""
        return _LANES[self.key][1]

    @cached_property
    def team(self) -> str:
        """The team that owns it."""
        return "team-" + _TEAMS[self.group % len(_TEAMS)]

    @cached_property
    def account(self) -> str:
        """The AWS account."""
        return _ACCOUNTS[self.group % len(_ACCOUNTS)]

    @cached_property
    def service(self) -> str:
        """What runs there."""
        return _SERVICES[self.group % len(_SERVICES)]

    @cached_property
    def slug(self) -> str:
        """The name that all names begin with; unique in the plan."""
        return f"{self.service}-{self.group:04d}-{_LANES[self.key][2]}"

    @cached_property
    def tags(self) -> dict[str, str]:
        """The provider's default tags."""
        return {
            "environment": self.environment,
            "owner": self.team,
            "service": self.service,
        }

    @cached_property
    def vpc(self) -> str:
        """The VPC that everything runs in."""
        return self.id("vpc", "vpc")

    @cached_property
    def subnets(self) -> list[str]:
        """Two private subnets."""
        return [self.id("subnet", zone) for zone in "ab"]

    def hex(self, what: str, digits: int = 17) -> str:
        """Hexadecimal digits of one thing."""
        return fingerprint(f"{self.group}/{self.key}/{what}", digits)

    def id(self, prefix: str, what: str) -> str:
        """An AWS id, ``sg-0123…``."""
        return f"{prefix}-0{self.hex(prefix + what, 16)}"

    def uuid(self, what: str) -> str:
        """A UUID."""
        text = self.hex(what, 32)
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"

    def arn(self, service: str, resource: str) -> str:
        """An ARN in this account and region."""
        region = "" if service == "iam" else self.region
        return f"arn:aws:{service}:{region}:{self.account}:{resource}"

    @cached_property
    def kms(self) -> str:
        """The ARN of the group's key."""
        return self.arn("kms", "key/" + self.uuid("kms"))

    def bucket(self, key: str) -> str:
        """The name of a bucket."""
        return f"acme-{self.slug}-{key.replace('.', '-')}"

    def one_in(self, number: int, what: str) -> bool:
        """Whether this place has a defect that one place in so many has."""
        return int(self.hex("defect " + what, 8), 16) % number == 0
