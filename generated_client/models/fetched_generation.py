from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.fetched_meta import FetchedMeta
    from ..models.fetched_video import FetchedVideo


T = TypeVar("T", bound="FetchedGeneration")


@_attrs_define
class FetchedGeneration:
    """
    Attributes:
        id (str): The ID of the generated video.
        status (str): The current status of the generation task.
        duration (float | None | Unset): The duration of the video.
        error (Any | Unset): Description of the error, if any.
        meta (FetchedMeta | None | Unset): Additional details about the generation.
        video (FetchedVideo | None | Unset):
    """

    id: str
    status: str
    duration: float | None | Unset = UNSET
    error: Any | Unset = UNSET
    meta: FetchedMeta | None | Unset = UNSET
    video: FetchedVideo | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.fetched_meta import FetchedMeta  # noqa: PLC0415
        from ..models.fetched_video import FetchedVideo  # noqa: PLC0415

        id = self.id

        status = self.status

        duration: float | None | Unset
        if isinstance(self.duration, Unset):
            duration = UNSET
        else:
            duration = self.duration

        error = self.error

        meta: dict[str, Any] | None | Unset
        if isinstance(self.meta, Unset):
            meta = UNSET
        elif isinstance(self.meta, FetchedMeta):
            meta = self.meta.to_dict()
        else:
            meta = self.meta

        video: dict[str, Any] | None | Unset
        if isinstance(self.video, Unset):
            video = UNSET
        elif isinstance(self.video, FetchedVideo):
            video = self.video.to_dict()
        else:
            video = self.video

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "status": status,
            }
        )
        if duration is not UNSET:
            field_dict["duration"] = duration
        if error is not UNSET:
            field_dict["error"] = error
        if meta is not UNSET:
            field_dict["meta"] = meta
        if video is not UNSET:
            field_dict["video"] = video

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.fetched_meta import FetchedMeta  # noqa: PLC0415
        from ..models.fetched_video import FetchedVideo  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        status = d.pop("status")

        def _parse_duration(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        duration = _parse_duration(d.pop("duration", UNSET))

        error = d.pop("error", UNSET)

        def _parse_meta(data: object) -> FetchedMeta | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                meta_type_0 = FetchedMeta.from_dict(data)

                return meta_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(FetchedMeta | None | Unset, data)

        meta = _parse_meta(d.pop("meta", UNSET))

        def _parse_video(data: object) -> FetchedVideo | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                video_type_0 = FetchedVideo.from_dict(data)

                return video_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(FetchedVideo | None | Unset, data)

        video = _parse_video(d.pop("video", UNSET))

        fetched_generation = cls(
            id=id,
            status=status,
            duration=duration,
            error=error,
            meta=meta,
            video=video,
        )

        fetched_generation.additional_properties = d
        return fetched_generation

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
