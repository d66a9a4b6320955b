from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.recent_metrics import RecentMetrics


T = TypeVar("T", bound="MetricsOfModel")


@_attrs_define
class MetricsOfModel:
    """
    Attributes:
        alias (str | Unset):
        endpoint (str | Unset):
        metrics (RecentMetrics | Unset):
    """

    alias: str | Unset = UNSET
    endpoint: str | Unset = UNSET
    metrics: RecentMetrics | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        alias = self.alias

        endpoint = self.endpoint

        metrics: dict[str, Any] | Unset = UNSET
        if not isinstance(self.metrics, Unset):
            metrics = self.metrics.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if alias is not UNSET:
            field_dict["alias"] = alias
        if endpoint is not UNSET:
            field_dict["endpoint"] = endpoint
        if metrics is not UNSET:
            field_dict["metrics"] = metrics

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.recent_metrics import RecentMetrics  # noqa: PLC0415

        d = dict(src_dict)
        alias = d.pop("alias", UNSET)

        endpoint = d.pop("endpoint", UNSET)

        _metrics = d.pop("metrics", UNSET)
        metrics: RecentMetrics | Unset
        if isinstance(_metrics, Unset):
            metrics = UNSET
        else:
            metrics = RecentMetrics.from_dict(_metrics)

        metrics_of_model = cls(
            alias=alias,
            endpoint=endpoint,
            metrics=metrics,
        )

        metrics_of_model.additional_properties = d
        return metrics_of_model

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
