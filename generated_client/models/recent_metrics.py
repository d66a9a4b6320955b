from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.recent_durations import RecentDurations


T = TypeVar("T", bound="RecentMetrics")


@_attrs_define
class RecentMetrics:
    """
    Attributes:
        duration_ms (RecentDurations | Unset): Milliseconds that this share of the requests did not exceed.
    """

    duration_ms: RecentDurations | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        duration_ms: dict[str, Any] | Unset = UNSET
        if not isinstance(self.duration_ms, Unset):
            duration_ms = self.duration_ms.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if duration_ms is not UNSET:
            field_dict["duration_ms"] = duration_ms

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.recent_durations import RecentDurations  # noqa: PLC0415

        d = dict(src_dict)
        _duration_ms = d.pop("duration_ms", UNSET)
        duration_ms: RecentDurations | Unset
        if isinstance(_duration_ms, Unset):
            duration_ms = UNSET
        else:
            duration_ms = RecentDurations.from_dict(_duration_ms)

        recent_metrics = cls(
            duration_ms=duration_ms,
        )

        recent_metrics.additional_properties = d
        return recent_metrics

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
