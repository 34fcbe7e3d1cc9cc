"""What an Azure network security group lets in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from planguard import Resource, Violation, is_unknown, rule, violation

from .._satellite import is_left_to_provider
from ._ranges import admin_ports_in, all_hold, is_world, shown_ports

_GROUP = "azurerm_network_security_group"
_RULE = "azurerm_network_security_rule"
# "*" is any address; Internet is the service tag for all public ones. Azure takes enumerations and tags in any case.
# learn.microsoft.com/azure/virtual-network/network-security-groups-overview
_ANYONE = ("*", "any", "internet")
Entry = dict[str, Any]


@rule(
    id="azure-nsg-admin-port-open-to-world",
    severity="critical",
    domain="network",
    resources=[_RULE, _GROUP],
    aliases=["CKV_AZURE_9", "CKV_AZURE_10", "AVD-AZU-0047", "AVD-AZU-0048", "AVD-AZU-0050"],
    controls={"nist-800-53r5": ["AC-17", "SC-7"], "cis-azure-2.0": ["6.1", "6.2"]},
    links=["https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview"],
    bad={
        "SSH from the tag Internet": """
resource "azurerm_network_security_rule" "ssh" {
  name                        = "ssh"
  priority                    = 100
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  destination_port_range      = "22"
  source_address_prefix       = "Internet"
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = "nsg-jump"
}
""",
        "RDP within a range, in lower case, over IPv6": """
resource "azurerm_network_security_rule" "range" {
  name                        = "range"
  priority                    = 200
  direction                   = "inbound"
  access                      = "allow"
  protocol                    = "*"
  source_port_range           = "*"
  destination_port_ranges     = ["443", "3380-3400"]
  source_address_prefixes     = ["10.0.0.0/8", "::/0"]
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = "nsg-jump"
}
""",
        "every port in an inline rule": """
resource "azurerm_network_security_group" "lab" {
  name                = "nsg-lab"
  location            = "westeurope"
  resource_group_name = "rg-lab"

  security_rule {
    name                       = "web"
    priority                   = 100
    direction                  = "Inbound"
    access                     = "Allow"
    protocol                   = "Tcp"
    source_port_range          = "*"
    destination_port_range     = "443"
    source_address_prefix      = "*"
    destination_address_prefix = "*"
  }

  security_rule {
    name                       = "everything"
    priority                   = 110
    direction                  = "Inbound"
    access                     = "Allow"
    protocol                   = "*"
    source_port_range          = "*"
    destination_port_range     = "*"
    source_address_prefix      = "0.0.0.0/0"
    destination_address_prefix = "*"
  }
}
""",
        "denied too late": """
resource "azurerm_network_security_group" "jump" {
  name                = "nsg-jump"
  location            = "westeurope"
  resource_group_name = "rg-jump"
}

resource "azurerm_network_security_rule" "ssh" {
  name                        = "ssh"
  priority                    = 100
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  destination_port_range      = "22"
  source_address_prefix       = "*"
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = azurerm_network_security_group.jump.name
}

resource "azurerm_network_security_rule" "deny" {
  name                        = "deny"
  priority                    = 4000
  direction                   = "Inbound"
  access                      = "Deny"
  protocol                    = "*"
  source_port_range           = "*"
  destination_port_range      = "*"
  source_address_prefix       = "*"
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = azurerm_network_security_group.jump.name
}
""",
        "denied in another group": """
resource "azurerm_network_security_rule" "rdp" {
  name                        = "rdp"
  priority                    = 300
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  destination_port_range      = "3389"
  source_address_prefix       = "*"
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = "nsg-jump"
}

resource "azurerm_network_security_rule" "deny" {
  name                        = "deny"
  priority                    = 100
  direction                   = "Inbound"
  access                      = "Deny"
  protocol                    = "*"
  source_port_range           = "*"
  destination_port_range      = "*"
  source_address_prefix       = "*"
  destination_address_prefix  = "*"
  resource_group_name         = "rg-other"
  network_security_group_name = "nsg-jump"
}
""",
        "denied over IPv4 only": """
resource "azurerm_network_security_group" "dual" {
  name                = "nsg-dual"
  location            = "westeurope"
  resource_group_name = "rg-dual"

  security_rule {
    name                       = "deny-v4"
    priority                   = 100
    direction                  = "Inbound"
    access                     = "Deny"
    protocol                   = "*"
    source_port_range          = "*"
    destination_port_range     = "22"
    source_address_prefix      = "0.0.0.0/0"
    destination_address_prefix = "*"
  }

  security_rule {
    name                         = "ssh"
    priority                     = 200
    direction                    = "Inbound"
    access                       = "Allow"
    protocol                     = "Tcp"
    source_port_range            = "*"
    destination_port_ranges      = ["22"]
    source_address_prefixes      = ["0.0.0.0/0", "::/0"]
    destination_address_prefix   = "*"
  }
}
""",
        "denied from one source port only": """
resource "azurerm_network_security_rule" "ssh" {
  name                        = "ssh"
  priority                    = 200
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  destination_port_range      = "22"
  source_address_prefix       = "*"
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = "nsg-jump"
}

resource "azurerm_network_security_rule" "deny" {
  name                        = "deny"
  priority                    = 100
  direction                   = "Inbound"
  access                      = "Deny"
  protocol                    = "*"
  source_port_range           = "1024"
  destination_port_range      = "22"
  source_address_prefix       = "*"
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = "nsg-jump"
}
""",
        "denied for one machine only": """
resource "azurerm_network_security_rule" "ssh" {
  name                        = "ssh"
  priority                    = 200
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  destination_port_range      = "22"
  source_address_prefix       = "*"
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = "nsg-jump"
}

resource "azurerm_network_security_rule" "deny" {
  name                        = "deny"
  priority                    = 100
  direction                   = "Inbound"
  access                      = "Deny"
  protocol                    = "*"
  source_port_range           = "*"
  destination_port_range      = "22"
  source_address_prefix       = "*"
  destination_address_prefix  = "10.0.0.4"
  resource_group_name         = "rg-jump"
  network_security_group_name = "nsg-jump"
}
""",
        "denied on another port": """
resource "azurerm_network_security_rule" "ssh" {
  name                        = "ssh"
  priority                    = 200
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  destination_port_range      = "22"
  source_address_prefix       = "*"
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = "nsg-jump"
}

resource "azurerm_network_security_rule" "deny" {
  name                        = "deny"
  priority                    = 100
  direction                   = "Inbound"
  access                      = "Deny"
  protocol                    = "*"
  source_port_range           = "*"
  destination_port_range      = "3389"
  source_address_prefix       = "*"
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = "nsg-jump"
}
""",
        "denied for a half of the Internet only": """
resource "azurerm_network_security_rule" "ssh" {
  name                        = "ssh"
  priority                    = 200
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  destination_port_range      = "22"
  source_address_prefixes     = ["0.0.0.0/1", "128.0.0.0/1"]
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = "nsg-jump"
}

resource "azurerm_network_security_rule" "deny" {
  name                        = "deny"
  priority                    = 100
  direction                   = "Inbound"
  access                      = "Deny"
  protocol                    = "*"
  source_port_range           = "*"
  destination_port_range      = "22"
  source_address_prefix       = "0.0.0.0/1"
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = "nsg-jump"
}
""",
    },
    good={
        "SSH from a named range": """
resource "azurerm_network_security_rule" "ssh" {
  name                        = "ssh"
  priority                    = 100
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  destination_port_range      = "22"
  source_address_prefix       = "198.51.100.0/24"
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = "nsg-jump"
}
""",
        "HTTPS from anywhere, SSH out": """
resource "azurerm_network_security_group" "web" {
  name                = "nsg-web"
  location            = "westeurope"
  resource_group_name = "rg-web"

  security_rule {
    name                       = "https"
    priority                   = 100
    direction                  = "Inbound"
    access                     = "Allow"
    protocol                   = "Tcp"
    source_port_range          = "*"
    destination_port_range     = "443"
    source_address_prefix      = "*"
    destination_address_prefix = "*"
  }

  security_rule {
    name                       = "ssh-out"
    priority                   = 110
    direction                  = "Outbound"
    access                     = "Allow"
    protocol                   = "Tcp"
    source_port_range          = "*"
    destination_port_range     = "22"
    source_address_prefix      = "*"
    destination_address_prefix = "*"
  }

  security_rule {
    name                       = "ping"
    priority                   = 120
    direction                  = "Inbound"
    access                     = "Allow"
    protocol                   = "Icmp"
    source_port_range          = "*"
    destination_port_range     = "*"
    source_address_prefix      = "*"
    destination_address_prefix = "*"
  }
}
""",
        "SSH from everywhere denied before it is allowed": """
resource "azurerm_network_security_group" "jump" {
  name                = "nsg-jump"
  location            = "westeurope"
  resource_group_name = "rg-jump"
}

resource "azurerm_network_security_rule" "deny" {
  name                        = "deny"
  priority                    = 90
  direction                   = "Inbound"
  access                      = "Deny"
  protocol                    = "*"
  source_port_range           = "*"
  destination_port_ranges     = ["20-25", "3389"]
  source_address_prefix       = "Internet"
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = azurerm_network_security_group.jump.name
}

resource "azurerm_network_security_rule" "all" {
  name                        = "all"
  priority                    = 100
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  destination_port_range      = "*"
  source_address_prefix       = "*"
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = azurerm_network_security_group.jump.name
}
""",
        "an inline rule that denies": """
resource "azurerm_network_security_group" "closed" {
  name                = "nsg-closed"
  location            = "westeurope"
  resource_group_name = "rg-closed"

  security_rule {
    name                       = "ssh"
    priority                   = 200
    direction                  = "Inbound"
    access                     = "Allow"
    protocol                   = "Tcp"
    source_port_range          = "*"
    destination_port_range     = "22"
    source_address_prefix      = "*"
    destination_address_prefix = "10.1.0.0/16"
  }

  security_rule {
    name                       = "deny"
    priority                   = 100
    direction                  = "Inbound"
    access                     = "Deny"
    protocol                   = "Tcp"
    source_port_range          = "*"
    destination_port_range     = "22"
    source_address_prefix      = "*"
    destination_address_prefix = "10.1.0.0/16"
  }
}
""",
        "denied under a name in another case": """
resource "azurerm_network_security_rule" "ssh" {
  name                        = "ssh"
  priority                    = 200
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  destination_port_range      = "22"
  source_address_prefix       = "*"
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = "nsg-jump"
}

resource "azurerm_network_security_rule" "deny" {
  name                        = "deny"
  priority                    = 100
  direction                   = "Inbound"
  access                      = "Deny"
  protocol                    = "*"
  source_port_range           = "*"
  destination_port_range      = "22"
  source_address_prefix       = "*"
  destination_address_prefix  = "*"
  resource_group_name         = "RG-Jump"
  network_security_group_name = "NSG-Jump"
}
""",
        "denied in a group whose name is not known yet": """
resource "random_pet" "jump" {}

resource "azurerm_network_security_group" "jump" {
  name                = "nsg-${random_pet.jump.id}"
  location            = "westeurope"
  resource_group_name = "rg-jump"
}

resource "azurerm_network_security_rule" "ssh" {
  name                        = "ssh"
  priority                    = 200
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  destination_port_range      = "22"
  source_address_prefix       = "*"
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = azurerm_network_security_group.jump.name
}

resource "azurerm_network_security_rule" "deny" {
  name                        = "deny"
  priority                    = 100
  direction                   = "Inbound"
  access                      = "Deny"
  protocol                    = "*"
  source_port_range           = "*"
  destination_port_range      = "22"
  source_address_prefix       = "*"
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = azurerm_network_security_group.jump.name
}
""",
        "HTTPS from an address that is not known yet": """
resource "azurerm_public_ip" "office" {
  name                = "pip-office"
  resource_group_name = "rg-jump"
  location            = "westeurope"
  allocation_method   = "Static"
}

resource "azurerm_network_security_rule" "https" {
  name                        = "https"
  priority                    = 100
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  destination_port_range      = "443"
  source_address_prefix       = azurerm_public_ip.office.ip_address
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = "nsg-jump"
}
""",
        "a port that is not known yet, from the network": """
resource "terraform_data" "port" {
  input = "22"
}

resource "azurerm_network_security_rule" "app" {
  name                        = "app"
  priority                    = 100
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  destination_port_range      = terraform_data.port.output
  source_address_prefix       = "VirtualNetwork"
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = "nsg-jump"
}
""",
    },
)
def admin_port_open_to_world(resource: Resource) -> Iterator[Violation]:
    """Network security group lets the whole Internet at an administrative port.

    SSH (22) and RDP (3389) that anyone can reach are found within minutes and tried with stolen and guessed
    passwords from then on; one weak account or one flaw in the server is enough to lose the machine.

    Name the ranges that may come in in `source_address_prefixes`, or take the rule away and go through Azure
    Bastion, a VPN or just-in-time access.
    """
    for path, entry in _entries(resource):
        ports = _ports(entry)
        if all_hold(
            *_inbound_tcp(entry, "allow"),
            (_sources(entry), lambda sources: any(_families(source) for _, source in _texts(sources))),
            (ports, lambda ports: any(admin_ports_in(text) for _, text in _texts(ports))),
        ):
            for attribute, text in _texts(ports):
                yield from _open(resource, path, entry, attribute, text)


def _open(resource: Resource, path: str, entry: Entry, attribute: str, text: str) -> Iterator[Violation]:
    """The violation that one port or range of ports of an entry is, if it is one."""
    among = admin_ports_in(text)
    for _, source in _texts(_sources(entry)):
        families = _families(source)
        reached = [port for port in among if families - _denied(resource, entry, port)]
        if reached:
            place = f"{path}.{attribute}" if path else attribute
            yield violation(place, f"{shown_ports(text, reached)} from {source}")
            return


def _denied(resource: Resource, entry: Entry, port: int) -> set[int]:
    """The IP versions over which a rule that comes first denies a port to everyone."""
    denied: set[int] = set()
    for other in _neighbours(resource):
        if all_hold(
            *_inbound_tcp(other, "deny"),
            (other.get("priority"), lambda priority: bool(priority < entry["priority"])),
            (other.get("source_port_range"), lambda ports: bool(ports == "*")),
            (
                other.get("destination_address_prefix"),
                lambda target: _low(target) in _ANYONE or target == entry.get("destination_address_prefix"),
            ),
            (_ports(other), lambda ports: any(port in admin_ports_in(text) for _, text in _texts(ports))),
        ):
            for _, source in _texts(_sources(other)):
                denied |= _families(source, whole=True)
    return denied


def _entries(resource: Resource) -> Iterator[tuple[str, Entry]]:
    if resource.type == _RULE:
        yield "", resource.values
    # Without inline rules a new group begins with Azure's own, which let nothing in from the Internet.
    elif not is_left_to_provider(resource, "security_rule"):
        yield from resource.blocks("security_rule")


def _neighbours(resource: Resource) -> Iterator[Entry]:
    """All rules of the group. The provider allows inline rules or separate ones in a group, not both."""
    if resource.type == _GROUP:
        yield from (entry for _, entry in resource.blocks("security_rule"))
        return
    for other in _in_same_group(resource):
        if _low(other.get("access")) == "deny":
            yield other.values


def _in_same_group(separate: Resource) -> list[Resource]:
    """The separate rules of a group; where the group is not in this plan, those that name the same one."""
    groups = list.__getitem__(separate.references(_GROUP), slice(1))
    if groups:
        return groups[0].referrers(_RULE)
    where, name = separate.get("resource_group_name"), separate.get("network_security_group_name")
    return separate.others(_RULE, resource_group_name=where, network_security_group_name=name)


def _inbound_tcp(entry: Entry, access: str) -> list[tuple[Any, Callable[[Any], bool]]]:
    return [
        (entry.get("access"), lambda found: _low(found) == access),
        (entry.get("direction"), lambda found: _low(found) == "inbound"),
        (entry.get("protocol"), lambda found: _low(found) in ("tcp", "*")),
    ]


def _sources(entry: Entry) -> dict[str, Any]:
    return {name: entry.get(name) for name in ("source_address_prefix", "source_address_prefixes")}


def _ports(entry: Entry) -> dict[str, Any]:
    return {name: entry.get(name) for name in ("destination_port_range", "destination_port_ranges")}


def _texts(attributes: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The values of a singular and a plural attribute, the known ones first."""
    for name, value in sorted(attributes.items(), key=lambda one: is_unknown(one[1])):
        for text in [value] if isinstance(value, str) else value or ():
            if text:
                yield name, text


def _families(source: str, *, whole: bool = False) -> set[int]:
    """The IP versions over which a source is everyone."""
    if _low(source) in _ANYONE:
        return {4, 6}
    if not is_world(source) or (whole and not source.endswith("/0")):
        return set()
    return {6 if ":" in source else 4}


def _low(text: str | None) -> str:
    return (text or "").lower()
