"""Pieces of configurations that the tests put together."""

from __future__ import annotations

VPC = """
resource "aws_vpc" "m" { cidr_block = "10.0.0.0/16" }
resource "aws_internet_gateway" "g" { vpc_id = aws_vpc.m.id }
resource "aws_subnet" "public" {
  count      = 2
  vpc_id     = aws_vpc.m.id
  cidr_block = "10.0.${count.index}.0/24"
}
resource "aws_subnet" "private" {
  count      = 2
  vpc_id     = aws_vpc.m.id
  cidr_block = "10.0.1${count.index}.0/24"
}
resource "aws_route_table" "public" {
  vpc_id = aws_vpc.m.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.g.id
  }
}
resource "aws_route_table_association" "public" {
  count          = 2
  subnet_id      = aws_subnet.public[count.index].id
  route_table_id = aws_route_table.public.id
}
"""


def group(name: str, port: int, source: str, *, protocol: str = "tcp") -> str:
    """A security group with one rule.

    :param source: the line that says from where
    """
    return f"""
resource "aws_security_group" "{name}" {{
  vpc_id = aws_vpc.m.id
  ingress {{
    from_port = {port}
    to_port   = {port}
    protocol  = "{protocol}"
    {source}
  }}
}}
"""


def instance(name: str, *lines: str) -> str:
    """An instance with some more lines."""
    more = "\n  ".join(lines)
    return f"""
resource "aws_instance" "{name}" {{
  ami           = "ami-1"
  instance_type = "t3.micro"
  {more}
}}
"""


WORLD = 'cidr_blocks = ["0.0.0.0/0"]'
PUBLIC = "subnet_id = aws_subnet.public[0].id"
PRIVATE = "subnet_id = aws_subnet.private[0].id"
ADDRESS = "associate_public_ip_address = true"


def held(name: str) -> str:
    """The line that puts an instance into a security group."""
    return f"vpc_security_group_ids = [aws_security_group.{name}.id]"
