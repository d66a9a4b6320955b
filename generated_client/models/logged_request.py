from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.account_amount import AccountAmount
    from ..models.logged_tokens import LoggedTokens


T = TypeVar("T", bound="LoggedRequest")


@_attrs_define
class LoggedRequest:
    """
    Attributes:
        client_request_id (None | str | Unset):
        cost (AccountAmount | Unset):
        created (datetime.datetime | Unset):
        inference_id (str | Unset): For a video, the id that its submission returned.
        model (str | Unset):
        origin (str | Unset): api or playground.
        request_id (None | str | Unset):
        status (str | Unset):
        tokens (LoggedTokens | Unset):
    """

    client_request_id: None | str | Unset = UNSET
    cost: AccountAmount | Unset = UNSET
    created: datetime.datetime | Unset = UNSET
    inference_id: str | Unset = UNSET
    model: str | Unset = UNSET
    origin: str | Unset = UNSET
    request_id: None | str | Unset = UNSET
    status: str | Unset = UNSET
    tokens: LoggedTokens | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        client_request_id: None | str | Unset
        if isinstance(self.client_request_id, Unset):
            client_request_id = UNSET
        else:
            client_request_id = self.client_request_id

        cost: dict[str, Any] | Unset = UNSET
        if not isinstance(self.cost, Unset):
            cost = self.cost.to_dict()

        created: str | Unset = UNSET
        if not isinstance(self.created, Unset):
            created = self.created.isoformat()

        inference_id = self.inference_id

        model = self.model

        origin = self.origin

        request_id: None | str | Unset
        if isinstance(self.request_id, Unset):
            request_id = UNSET
        else:
            request_id = self.request_id

        status = self.status

        tokens: dict[str, Any] | Unset = UNSET
        if not isinstance(self.tokens, Unset):
            tokens = self.tokens.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if client_request_id is not UNSET:
            field_dict["client_request_id"] = client_request_id
        if cost is not UNSET:
            field_dict["cost"] = cost
        if created is not UNSET:
            field_dict["created"] = created
        if inference_id is not UNSET:
            field_dict["inference_id"] = inference_id
        if model is not UNSET:
            field_dict["model"] = model
        if origin is not UNSET:
            field_dict["origin"] = origin
        if request_id is not UNSET:
            field_dict["request_id"] = request_id
        if status is not UNSET:
            field_dict["status"] = status
        if tokens is not UNSET:
            field_dict["tokens"] = tokens

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.account_amount import AccountAmount  # noqa: PLC0415
        from ..models.logged_tokens import LoggedTokens  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_client_request_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        client_request_id = _parse_client_request_id(d.pop("client_request_id", UNSET))

        _cost = d.pop("cost", UNSET)
        cost: AccountAmount | Unset
        if isinstance(_cost, Unset):
            cost = UNSET
        else:
            cost = AccountAmount.from_dict(_cost)

        _created = d.pop("created", UNSET)
        created: datetime.datetime | Unset
        if isinstance(_created, Unset):
            created = UNSET
        else:
            created = datetime.datetime.fromisoformat(_created)

        inference_id = d.pop("inference_id", UNSET)

        model = d.pop("model", UNSET)

        origin = d.pop("origin", UNSET)

        def _parse_request_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        request_id = _parse_request_id(d.pop("request_id", UNSET))

        status = d.pop("status", UNSET)

        _tokens = d.pop("tokens", UNSET)
        tokens: LoggedTokens | Unset
        if isinstance(_tokens, Unset):
            tokens = UNSET
        else:
            tokens = LoggedTokens.from_dict(_tokens)

        logged_request = cls(
            client_request_id=client_request_id,
            cost=cost,
            created=created,
            inference_id=inference_id,
            model=model,
            origin=origin,
            request_id=request_id,
            status=status,
            tokens=tokens,
        )

        logged_request.additional_properties = d
        return logged_request

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
