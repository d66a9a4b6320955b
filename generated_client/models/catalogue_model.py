from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.catalogue_info import CatalogueInfo
    from ..models.catalogue_pricing import CataloguePricing


T = TypeVar("T", bound="CatalogueModel")


@_attrs_define
class CatalogueModel:
    """
    Attributes:
        aliases (list[str] | Unset):
        id (str | Unset):
        info (CatalogueInfo | Unset):
        pricing (CataloguePricing | Unset):
        tags (list[str] | Unset):
        type_ (str | Unset):
    """

    aliases: list[str] | Unset = UNSET
    id: str | Unset = UNSET
    info: CatalogueInfo | Unset = UNSET
    pricing: CataloguePricing | Unset = UNSET
    tags: list[str] | Unset = UNSET
    type_: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        aliases: list[str] | Unset = UNSET
        if not isinstance(self.aliases, Unset):
            aliases = self.aliases

        id = self.id

        info: dict[str, Any] | Unset = UNSET
        if not isinstance(self.info, Unset):
            info = self.info.to_dict()

        pricing: dict[str, Any] | Unset = UNSET
        if not isinstance(self.pricing, Unset):
            pricing = self.pricing.to_dict()

        tags: list[str] | Unset = UNSET
        if not isinstance(self.tags, Unset):
            tags = self.tags

        type_ = self.type_

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if aliases is not UNSET:
            field_dict["aliases"] = aliases
        if id is not UNSET:
            field_dict["id"] = id
        if info is not UNSET:
            field_dict["info"] = info
        if pricing is not UNSET:
            field_dict["pricing"] = pricing
        if tags is not UNSET:
            field_dict["tags"] = tags
        if type_ is not UNSET:
            field_dict["type"] = type_

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.catalogue_info import CatalogueInfo  # noqa: PLC0415
        from ..models.catalogue_pricing import CataloguePricing  # noqa: PLC0415

        d = dict(src_dict)
        aliases = cast(list[str], d.pop("aliases", UNSET))

        id = d.pop("id", UNSET)

        _info = d.pop("info", UNSET)
        info: CatalogueInfo | Unset
        if isinstance(_info, Unset):
            info = UNSET
        else:
            info = CatalogueInfo.from_dict(_info)

        _pricing = d.pop("pricing", UNSET)
        pricing: CataloguePricing | Unset
        if isinstance(_pricing, Unset):
            pricing = UNSET
        else:
            pricing = CataloguePricing.from_dict(_pricing)

        tags = cast(list[str], d.pop("tags", UNSET))

        type_ = d.pop("type", UNSET)

        catalogue_model = cls(
            aliases=aliases,
            id=id,
            info=info,
            pricing=pricing,
            tags=tags,
            type_=type_,
        )

        catalogue_model.additional_properties = d
        return catalogue_model

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
