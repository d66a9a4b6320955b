from typing import Literal

LogStatus = Literal["failed", "succeeded"]

LOG_STATUS_VALUES: set[LogStatus] = {
    "failed",
    "succeeded",
}


def check_log_status(value: str) -> LogStatus:
    if value in LOG_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LOG_STATUS_VALUES!r}")
