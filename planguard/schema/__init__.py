"""What providers have: resource types and their attributes, from a table that ships with planguard."""

from planguard.schema.attribute import Attribute, ResourceSchema
from planguard.schema.table import resource_kinds, resource_schema

__all__ = ["Attribute", "ResourceSchema", "resource_kinds", "resource_schema"]
