from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="CatalogueUnit")


@_attrs_define
class CatalogueUnit:
    """
    Attributes:
        measure (str | Unset):
        name (str | Unset):
        per (float | Unset):
        price (float | Unset): US dollars for so many units as per says.
    """

    measure: str | Unset = UNSET
    name: str | Unset = UNSET
    per: float | Unset = UNSET
    price: float | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        measure = self.measure

        name = self.name

        per = self.per

        price = self.price

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if measure is not UNSET:
            field_dict["measure"] = measure
        if name is not UNSET:
            field_dict["name"] = name
        if per is not UNSET:
            field_dict["per"] = per
        if price is not UNSET:
            field_dict["price"] = price

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        measure = d.pop("measure", UNSET)

        name = d.pop("name", UNSET)

        per = d.pop("per", UNSET)

        price = d.pop("price", UNSET)

        catalogue_unit = cls(
            measure=measure,
            name=name,
            per=per,
            price=price,
        )

        catalogue_unit.additional_properties = d
        return catalogue_unit

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
