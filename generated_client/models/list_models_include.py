from typing import Literal

ListModelsInclude = Literal["pricing"]

LIST_MODELS_INCLUDE_VALUES: set[ListModelsInclude] = {
    "pricing",
}


def check_list_models_include(value: str) -> ListModelsInclude:
    if value in LIST_MODELS_INCLUDE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_MODELS_INCLUDE_VALUES!r}")
