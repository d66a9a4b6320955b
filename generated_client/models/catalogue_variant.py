from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.catalogue_variant_when import CatalogueVariantWhen


T = TypeVar("T", bound="CatalogueVariant")


@_attrs_define
class CatalogueVariant:
    """
    Attributes:
        per (float | Unset):
        price (float | Unset): US dollars for so many units as per says.
        unit (str | Unset):
        when (CatalogueVariantWhen | Unset): The options that it is the price of.
    """

    per: float | Unset = UNSET
    price: float | Unset = UNSET
    unit: str | Unset = UNSET
    when: CatalogueVariantWhen | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        per = self.per

        price = self.price

        unit = self.unit

        when: dict[str, Any] | Unset = UNSET
        if not isinstance(self.when, Unset):
            when = self.when.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if per is not UNSET:
            field_dict["per"] = per
        if price is not UNSET:
            field_dict["price"] = price
        if unit is not UNSET:
            field_dict["unit"] = unit
        if when is not UNSET:
            field_dict["when"] = when

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.catalogue_variant_when import CatalogueVariantWhen  # noqa: PLC0415

        d = dict(src_dict)
        per = d.pop("per", UNSET)

        price = d.pop("price", UNSET)

        unit = d.pop("unit", UNSET)

        _when = d.pop("when", UNSET)
        when: CatalogueVariantWhen | Unset
        if isinstance(_when, Unset):
            when = UNSET
        else:
            when = CatalogueVariantWhen.from_dict(_when)

        catalogue_variant = cls(
            per=per,
            price=price,
            unit=unit,
            when=when,
        )

        catalogue_variant.additional_properties = d
        return catalogue_variant

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
