from typing import Literal

ListRequestsPeriod = Literal["24h", "7d"]

LIST_REQUESTS_PERIOD_VALUES: set[ListRequestsPeriod] = {
    "24h",
    "7d",
}


def check_list_requests_period(value: str) -> ListRequestsPeriod:
    if value in LIST_REQUESTS_PERIOD_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_REQUESTS_PERIOD_VALUES!r}")
