from typing import Literal

ModelDetail = Literal["pricing"]

MODEL_DETAIL_VALUES: set[ModelDetail] = {
    "pricing",
}


def check_model_detail(value: str) -> ModelDetail:
    if value in MODEL_DETAIL_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {MODEL_DETAIL_VALUES!r}")
