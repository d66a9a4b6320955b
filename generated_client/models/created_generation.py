from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.created_error import CreatedError
    from ..models.created_meta import CreatedMeta
    from ..models.created_video import CreatedVideo


T = TypeVar("T", bound="CreatedGeneration")


@_attrs_define
class CreatedGeneration:
    """
    Attributes:
        id (str): The ID of the generated video.
        status (str): The current status of the generation task.
        error (CreatedError | None | Unset): Description of the error, if any.
        meta (CreatedMeta | None | Unset): Additional details about the generation.
        video (CreatedVideo | None | Unset):
    """

    id: str
    status: str
    error: CreatedError | None | Unset = UNSET
    meta: CreatedMeta | None | Unset = UNSET
    video: CreatedVideo | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.created_error import CreatedError  # noqa: PLC0415
        from ..models.created_meta import CreatedMeta  # noqa: PLC0415
        from ..models.created_video import CreatedVideo  # noqa: PLC0415

        id = self.id

        status = self.status

        error: dict[str, Any] | None | Unset
        if isinstance(self.error, Unset):
            error = UNSET
        elif isinstance(self.error, CreatedError):
            error = self.error.to_dict()
        else:
            error = self.error

        meta: dict[str, Any] | None | Unset
        if isinstance(self.meta, Unset):
            meta = UNSET
        elif isinstance(self.meta, CreatedMeta):
            meta = self.meta.to_dict()
        else:
            meta = self.meta

        video: dict[str, Any] | None | Unset
        if isinstance(self.video, Unset):
            video = UNSET
        elif isinstance(self.video, CreatedVideo):
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
        if error is not UNSET:
            field_dict["error"] = error
        if meta is not UNSET:
            field_dict["meta"] = meta
        if video is not UNSET:
            field_dict["video"] = video

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.created_error import CreatedError  # noqa: PLC0415
        from ..models.created_meta import CreatedMeta  # noqa: PLC0415
        from ..models.created_video import CreatedVideo  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        status = d.pop("status")

        def _parse_error(data: object) -> CreatedError | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                error_type_0 = CreatedError.from_dict(data)

                return error_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(CreatedError | None | Unset, data)

        error = _parse_error(d.pop("error", UNSET))

        def _parse_meta(data: object) -> CreatedMeta | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                meta_type_0 = CreatedMeta.from_dict(data)

                return meta_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(CreatedMeta | None | Unset, data)

        meta = _parse_meta(d.pop("meta", UNSET))

        def _parse_video(data: object) -> CreatedVideo | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                video_type_0 = CreatedVideo.from_dict(data)

                return video_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(CreatedVideo | None | Unset, data)

        video = _parse_video(d.pop("video", UNSET))

        created_generation = cls(
            id=id,
            status=status,
            error=error,
            meta=meta,
            video=video,
        )

        created_generation.additional_properties = d
        return created_generation

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
