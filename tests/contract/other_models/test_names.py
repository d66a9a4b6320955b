"""Names for generated code."""

import pytest

from wan_ergonomic.contract.other_models._names import Names, pascal, snake


@pytest.mark.parametrize(
    ("text", "function", "name"),
    [
        ("AlibabaController_fetchV2", "alibaba_controller_fetch_v2", "AlibabaControllerFetchV2"),
        ("video.v2.PollDTO", "video_v2_poll_dto", "VideoV2PollDto"),
        ("2nd/try", "v2nd_try", "Model2ndTry"),
        ("имя", "", ""),
    ],
)
def test_names_are_made_of_ascii_words(text, function, name):
    """They do not begin with a digit."""
    assert (snake(text), pascal(text)) == (function, name)


def test_names_are_unique():
    """Regardless of case, and different from names that generated code uses itself."""
    names = Names()
    wanted = ["Ab", "AB", "a_b", "V1", "V1", "Response", "", ""]
    given = [names.take(name) for name in wanted]
    assert given == ["Ab", "AB2", "a_b3", "V1", "V1v2", "Response2", "Model2", "Model3"]
