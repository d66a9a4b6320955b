import datetime
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.list_requests_period import (
    ListRequestsPeriod,
)
from ...models.request_log import RequestLog
from ...models.request_status import RequestStatus
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    period: ListRequestsPeriod | Unset = UNSET,
    start: datetime.datetime | Unset = UNSET,
    end: datetime.datetime | Unset = UNSET,
    model: list[str] | Unset = UNSET,
    status: list[RequestStatus] | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_period: str | Unset = UNSET
    if not isinstance(period, Unset):
        json_period = period

    params["period"] = json_period

    json_start: str | Unset = UNSET
    if not isinstance(start, Unset):
        json_start = start.isoformat()
    params["start"] = json_start

    json_end: str | Unset = UNSET
    if not isinstance(end, Unset):
        json_end = end.isoformat()
    params["end"] = json_end

    json_model: list[str] | Unset = UNSET
    if not isinstance(model, Unset):
        json_model = model

    params["model"] = json_model

    json_status: list[str] | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = []
        for status_item_data in status:
            status_item: str = status_item_data
            json_status.append(status_item)

    params["status"] = json_status

    params["limit"] = limit

    params["offset"] = offset

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v2/logs",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> RequestLog | None:
    if response.status_code == 200:
        response_200 = RequestLog.from_dict(response.json())

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[RequestLog]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    period: ListRequestsPeriod | Unset = UNSET,
    start: datetime.datetime | Unset = UNSET,
    end: datetime.datetime | Unset = UNSET,
    model: list[str] | Unset = UNSET,
    status: list[RequestStatus] | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
) -> Response[RequestLog]:
    """The account's requests, the newest first

     A request for a video appears once its job has ended. More than 200 requests a minute are answered
    with 429.

    Args:
        period (ListRequestsPeriod | Unset):
        start (datetime.datetime | Unset):
        end (datetime.datetime | Unset):
        model (list[str] | Unset):
        status (list[RequestStatus] | Unset):
        limit (int | Unset):
        offset (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[RequestLog]
    """

    kwargs = _get_kwargs(
        period=period,
        start=start,
        end=end,
        model=model,
        status=status,
        limit=limit,
        offset=offset,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    period: ListRequestsPeriod | Unset = UNSET,
    start: datetime.datetime | Unset = UNSET,
    end: datetime.datetime | Unset = UNSET,
    model: list[str] | Unset = UNSET,
    status: list[RequestStatus] | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
) -> RequestLog | None:
    """The account's requests, the newest first

     A request for a video appears once its job has ended. More than 200 requests a minute are answered
    with 429.

    Args:
        period (ListRequestsPeriod | Unset):
        start (datetime.datetime | Unset):
        end (datetime.datetime | Unset):
        model (list[str] | Unset):
        status (list[RequestStatus] | Unset):
        limit (int | Unset):
        offset (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        RequestLog
    """

    return sync_detailed(
        client=client,
        period=period,
        start=start,
        end=end,
        model=model,
        status=status,
        limit=limit,
        offset=offset,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    period: ListRequestsPeriod | Unset = UNSET,
    start: datetime.datetime | Unset = UNSET,
    end: datetime.datetime | Unset = UNSET,
    model: list[str] | Unset = UNSET,
    status: list[RequestStatus] | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
) -> Response[RequestLog]:
    """The account's requests, the newest first

     A request for a video appears once its job has ended. More than 200 requests a minute are answered
    with 429.

    Args:
        period (ListRequestsPeriod | Unset):
        start (datetime.datetime | Unset):
        end (datetime.datetime | Unset):
        model (list[str] | Unset):
        status (list[RequestStatus] | Unset):
        limit (int | Unset):
        offset (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[RequestLog]
    """

    kwargs = _get_kwargs(
        period=period,
        start=start,
        end=end,
        model=model,
        status=status,
        limit=limit,
        offset=offset,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    period: ListRequestsPeriod | Unset = UNSET,
    start: datetime.datetime | Unset = UNSET,
    end: datetime.datetime | Unset = UNSET,
    model: list[str] | Unset = UNSET,
    status: list[RequestStatus] | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
) -> RequestLog | None:
    """The account's requests, the newest first

     A request for a video appears once its job has ended. More than 200 requests a minute are answered
    with 429.

    Args:
        period (ListRequestsPeriod | Unset):
        start (datetime.datetime | Unset):
        end (datetime.datetime | Unset):
        model (list[str] | Unset):
        status (list[RequestStatus] | Unset):
        limit (int | Unset):
        offset (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        RequestLog
    """

    return (
        await asyncio_detailed(
            client=client,
            period=period,
            start=start,
            end=end,
            model=model,
            status=status,
            limit=limit,
            offset=offset,
        )
    ).parsed
