from typing import Literal

Model = Literal["alibaba/wan2.2-t2v-plus"]

MODEL_VALUES: set[Model] = {
    "alibaba/wan2.2-t2v-plus",
}


def check_model(value: str) -> Model:
    if value in MODEL_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {MODEL_VALUES!r}")
