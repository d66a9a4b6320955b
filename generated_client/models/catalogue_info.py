from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="CatalogueInfo")


@_attrs_define
class CatalogueInfo:
    """
    Attributes:
        developer (str | Unset):
        docs_json (str | Unset): The address of the OpenAPI document of the model's operations.
        docs_url (str | Unset):
        name (str | Unset):
    """

    developer: str | Unset = UNSET
    docs_json: str | Unset = UNSET
    docs_url: str | Unset = UNSET
    name: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        developer = self.developer

        docs_json = self.docs_json

        docs_url = self.docs_url

        name = self.name

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if developer is not UNSET:
            field_dict["developer"] = developer
        if docs_json is not UNSET:
            field_dict["docsJson"] = docs_json
        if docs_url is not UNSET:
            field_dict["docsUrl"] = docs_url
        if name is not UNSET:
            field_dict["name"] = name

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        developer = d.pop("developer", UNSET)

        docs_json = d.pop("docsJson", UNSET)

        docs_url = d.pop("docsUrl", UNSET)

        name = d.pop("name", UNSET)

        catalogue_info = cls(
            developer=developer,
            docs_json=docs_json,
            docs_url=docs_url,
            name=name,
        )

        catalogue_info.additional_properties = d
        return catalogue_info

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
