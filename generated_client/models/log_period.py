from typing import Literal

LogPeriod = Literal["24h", "7d"]

LOG_PERIOD_VALUES: set[LogPeriod] = {
    "24h",
    "7d",
}


def check_log_period(value: str) -> LogPeriod:
    if value in LOG_PERIOD_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LOG_PERIOD_VALUES!r}")
