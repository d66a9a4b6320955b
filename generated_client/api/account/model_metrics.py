from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.model_metrics import ModelMetrics
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    aliases: str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["aliases"] = aliases

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/models/metrics",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ModelMetrics | None:
    if response.status_code == 200:
        response_200 = ModelMetrics.from_dict(response.json())

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ModelMetrics]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    aliases: str | Unset = UNSET,
) -> Response[ModelMetrics]:
    """How long recent requests took

     Needs no API key. A model without a success in the window is absent.

    Args:
        aliases (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ModelMetrics]
    """

    kwargs = _get_kwargs(
        aliases=aliases,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    aliases: str | Unset = UNSET,
) -> ModelMetrics | None:
    """How long recent requests took

     Needs no API key. A model without a success in the window is absent.

    Args:
        aliases (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ModelMetrics
    """

    return sync_detailed(
        client=client,
        aliases=aliases,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    aliases: str | Unset = UNSET,
) -> Response[ModelMetrics]:
    """How long recent requests took

     Needs no API key. A model without a success in the window is absent.

    Args:
        aliases (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ModelMetrics]
    """

    kwargs = _get_kwargs(
        aliases=aliases,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    aliases: str | Unset = UNSET,
) -> ModelMetrics | None:
    """How long recent requests took

     Needs no API key. A model without a success in the window is absent.

    Args:
        aliases (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ModelMetrics
    """

    return (
        await asyncio_detailed(
            client=client,
            aliases=aliases,
        )
    ).parsed
