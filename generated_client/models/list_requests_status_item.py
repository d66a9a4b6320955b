from typing import Literal

ListRequestsStatusItem = Literal["failed", "succeeded"]

LIST_REQUESTS_STATUS_ITEM_VALUES: set[ListRequestsStatusItem] = {
    "failed",
    "succeeded",
}


def check_list_requests_status_item(value: str) -> ListRequestsStatusItem:
    if value in LIST_REQUESTS_STATUS_ITEM_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {LIST_REQUESTS_STATUS_ITEM_VALUES!r}"
    )
