from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.catalogue_unit import CatalogueUnit
    from ..models.catalogue_variant import CatalogueVariant


T = TypeVar("T", bound="CataloguePricing")


@_attrs_define
class CataloguePricing:
    """
    Attributes:
        dimensions (list[str] | Unset):
        kind (str | Unset): fixed, with units; variants, with dimensions and variants; variable, with no price.
        units (list[CatalogueUnit] | Unset):
        variants (list[CatalogueVariant] | Unset):
    """

    dimensions: list[str] | Unset = UNSET
    kind: str | Unset = UNSET
    units: list[CatalogueUnit] | Unset = UNSET
    variants: list[CatalogueVariant] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        dimensions: list[str] | Unset = UNSET
        if not isinstance(self.dimensions, Unset):
            dimensions = self.dimensions

        kind = self.kind

        units: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.units, Unset):
            units = []
            for units_item_data in self.units:
                units_item = units_item_data.to_dict()
                units.append(units_item)

        variants: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.variants, Unset):
            variants = []
            for variants_item_data in self.variants:
                variants_item = variants_item_data.to_dict()
                variants.append(variants_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if dimensions is not UNSET:
            field_dict["dimensions"] = dimensions
        if kind is not UNSET:
            field_dict["kind"] = kind
        if units is not UNSET:
            field_dict["units"] = units
        if variants is not UNSET:
            field_dict["variants"] = variants

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.catalogue_unit import CatalogueUnit  # noqa: PLC0415
        from ..models.catalogue_variant import CatalogueVariant  # noqa: PLC0415

        d = dict(src_dict)
        dimensions = cast(list[str], d.pop("dimensions", UNSET))

        kind = d.pop("kind", UNSET)

        _units = d.pop("units", UNSET)
        units: list[CatalogueUnit] | Unset = UNSET
        if _units is not UNSET:
            units = []
            for units_item_data in _units:
                units_item = CatalogueUnit.from_dict(units_item_data)

                units.append(units_item)

        _variants = d.pop("variants", UNSET)
        variants: list[CatalogueVariant] | Unset = UNSET
        if _variants is not UNSET:
            variants = []
            for variants_item_data in _variants:
                variants_item = CatalogueVariant.from_dict(variants_item_data)

                variants.append(variants_item)

        catalogue_pricing = cls(
            dimensions=dimensions,
            kind=kind,
            units=units,
            variants=variants,
        )

        catalogue_pricing.additional_properties = d
        return catalogue_pricing

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
