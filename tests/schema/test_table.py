"""The table of resource types: what it tells, and that it can be read a type at a time."""

from __future__ import annotations

import pytest
from msgspec import UNSET

from planguard.schema import resource_kinds, resource_schema


def test_it_holds_the_providers_that_the_pack_covers() -> None:
    providers = {kind.removeprefix("data.").split("_", 1)[0] for kind in resource_kinds()}
    assert providers == {"aws", "azurerm", "azuread", "google", "kubernetes"}


@pytest.mark.parametrize("kind", sorted(resource_kinds())[::97])
def test_every_type_can_be_read(kind: str) -> None:
    schema = resource_schema(kind)
    assert schema is not None
    assert list(schema.paths())


def test_what_an_attribute_is() -> None:
    volume = resource_schema("aws_ebs_volume")
    assert volume is not None
    assert volume.attributes["availability_zone"].required
    assert volume.attributes["encrypted"].computed
    assert volume.attributes["encrypted"].optional
    assert volume.attributes["encrypted"].default is UNSET
    assert volume.attributes["tags"].open


def test_blocks_hold_attributes() -> None:
    instance = resource_schema("aws_instance")
    assert instance is not None
    assert instance.attributes["root_block_device"].is_block
    assert instance.attributes["root_block_device"].inner["delete_on_termination"].default is True
    assert not instance.attributes["ami"].is_block


def test_paths_lead_into_blocks_and_maps() -> None:
    instance = resource_schema("aws_instance")
    assert instance is not None
    assert instance.at(("root_block_device", "encrypted")) is not None
    assert instance.at(("root_block_device", "encrypted", "more")) is None
    assert instance.at(("root_block_device", "encrypt")) is None
    assert instance.at(("tags", "anything", "at all")) is not None


def test_a_type_that_there_is_not() -> None:
    assert resource_schema("aws_s3_bukcet") is None
    assert resource_schema("data.aws_ami") is not None
