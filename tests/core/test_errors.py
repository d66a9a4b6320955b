"""The tree of errors; and that errors and data can be pickled, copied and compared."""

import copy
import inspect
import pickle
import re
from typing import Any

import pytest

import wan_ergonomic
from tests.support.options import an_option
from wan_ergonomic import (
    ApiError,
    ConnectionFailedError,
    DownloadError,
    Drift,
    Failure,
    Generation,
    GenerationError,
    IncompleteDownloadError,
    LinkExpiredError,
    PollingPolicy,
    Preview,
    PromptDefaults,
    PromptError,
    RateLimitError,
    RetryPolicy,
    SpendLimitError,
    SubmissionInDoubtError,
    SubmissionNotFoundError,
    UnreadableResponseError,
    Update,
    Usage,
    Video,
    WaitTimeoutError,
    WanError,
    _errors,
)

TREE = {
    name: thing
    for name, thing in vars(_errors).items()
    if inspect.isclass(thing) and issubclass(thing, WanError)
}
LINK = "https://cdn.example/v.mp4?Expires=1754382147&Signature=secret"
DONE = Generation(
    id="a",
    status="completed",
    video=Video(url=LINK, duration=5),
    error=Failure(name="n", message="m"),
    usage=Usage(credits=4, usd=0.1),
    request={"prompt": "A boat"},
    drift=(Drift(kind="k", operation="poll", pointer="/p", expected="e", found="f"),),
    client_request_id="c",
    request_id="r",
    inference_id="i",
    raw={"id": "a", "video": {"url": LINK}},
)


def drawn() -> dict[str, str]:
    """Return each error in the drawing at the top of the module, with its base class."""
    above: list[str] = []
    parents = {}
    for line in (_errors.__doc__ or "").splitlines():
        branch = re.match(r"^([│├└─ ]*)(\w+Error)\b", line)
        if branch:
            depth = len(branch[1]) // 4
            above[depth:] = [branch[2]]
            parents[branch[2]] = above[depth - 1] if depth else "Exception"
    return parents


def test_the_tree_is_as_it_is_drawn():
    """The drawing has every error and no other."""
    assert drawn() == {name: error.__bases__[0].__name__ for name, error in TREE.items()}


# A name that disappears breaks a caller's except clause.
PUBLISHED = """
    WanError ConfigurationError PromptError ApiError BadRequestError AuthenticationError
    PermissionDeniedError InsufficientCreditsError NotFoundError RateLimitError ServerError
    ConnectionFailedError SubmissionInDoubtError UnreadableResponseError GenerationError
    GenerationFailedError WaitTimeoutError DownloadError LinkExpiredError IncompleteDownloadError
"""


def test_no_error_has_been_removed():
    """Each published name is still in the tree."""
    assert set(TREE) >= set(PUBLISHED.split())


def test_every_error_is_public():
    """A caller can catch it by name."""
    assert set(TREE) <= set(wan_ergonomic.__all__)


@pytest.mark.parametrize("error", TREE.values(), ids=TREE)
def test_every_error_has_a_docstring(error):
    """Its text is the message."""
    assert error.__doc__
    assert str(error("What happened.")) == "What happened."


@pytest.mark.parametrize(
    ("error", "builtin"), [(WaitTimeoutError, TimeoutError), (PromptError, ValueError)]
)
def test_some_errors_are_builtin_errors_too(error, builtin):
    """So ``except TimeoutError`` catches ours."""
    assert issubclass(error, builtin)
    assert issubclass(error, WanError)


IN_DOUBT = {"client_request_id": "c", "request": {"prompt": "A boat"}}
FULL: dict[type[WanError], dict[str, Any]] = {
    ConnectionFailedError: {"sent": True, "permanent": True},
    SpendLimitError: {"max_usd": 5.0, "spent_usd": 4.8, "price_usd": 0.5},
    SubmissionInDoubtError: IN_DOUBT,
    SubmissionNotFoundError: IN_DOUBT,
    UnreadableResponseError: {"body": "<html>"},
    DownloadError: {"status_code": 404},
    LinkExpiredError: {"status_code": 404},
    IncompleteDownloadError: {"status_code": 202, "retry_after": 7.0},
    WaitTimeoutError: {"generation": DONE, "timeline": ((0.0, "queued"), (9.5, "completed"))},
}


def full(error):
    """Return an error with each attribute set to a value other than its default."""
    if issubclass(error, ApiError):
        return error(
            "text",
            status_code=429,
            message="m",
            kind="k",
            issues=({"path": ["p"]},),
            retry_after=7.0,
            request_id="r",
            inference_id="i",
            names_job=True,
            body={"title": "t"},
        )
    if error not in FULL and issubclass(error, GenerationError):
        return error("text", generation=DONE)
    return error("text", **FULL.get(error, {}))


@pytest.mark.parametrize("error", TREE.values(), ids=TREE)
def test_every_error_can_be_pickled(error):
    """With its text, attributes and notes, so that it survives a pool of workers."""
    before = full(error)
    before.generation_id = "g"
    before.add_note("Wait for it again.")
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        after = pickle.loads(pickle.dumps(before, protocol))  # noqa: S301 - written here
        assert type(after) is error
        assert (str(after), vars(after)) == (str(before), vars(before))


@pytest.mark.parametrize("error", TREE.values(), ids=TREE)
def test_every_error_can_be_copied(error):
    """With all attributes."""
    before = full(error)
    assert vars(copy.copy(before)) == vars(before)


@pytest.mark.parametrize("error", TREE.values(), ids=TREE)
def test_every_attribute_of_an_error_is_tested(error):
    """Each that an error declares is set in the tests above."""
    declared = {name for each in error.__mro__ for name in inspect.get_annotations(each)}
    made, plain = full(error), error("text")
    made.generation_id = "g"
    assert [name for name in declared if getattr(made, name) == getattr(plain, name)] == []


def test_an_error_has_the_id_of_its_generation():
    """None, if it is about none."""
    assert WaitTimeoutError("text", generation=DONE).generation_id == "a"
    assert GenerationError("text").generation_id is None
    assert RateLimitError("text").generation_id is None


def test_the_request_of_a_submission_in_doubt_is_a_copy():
    """Later changes of the original do not change it."""
    request = {"prompt": "A boat"}
    error = SubmissionInDoubtError("text", request=request)
    request.clear()
    assert error.request == {"prompt": "A boat"}


DATA = {
    "Generation": DONE,
    "Generation by id": Generation(id="a"),
    "Video": DONE.video,
    "Failure": DONE.error,
    "Usage": DONE.usage,
    "Drift": DONE.drift[0],
    "Update": Update(
        generation=DONE, elapsed=1.5, polls=2, next_poll=3.0, error=full(RateLimitError)
    ),
    "PollingPolicy": PollingPolicy(min_interval=2.0),
    "RetryPolicy": RetryPolicy(attempts=2),
    "PromptDefaults": PromptDefaults(**an_option(), prefix="A film of"),
    "Preview": Preview(body={"prompt": "A boat"}, server_fills={"seed": 1}, warnings=("w",)),
}


@pytest.mark.parametrize("before", DATA.values(), ids=DATA)
def test_data_can_be_pickled_and_compared(before):
    """The copy equals the original, field by field."""
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        after = pickle.loads(pickle.dumps(before, protocol))  # noqa: S301 - written here
        assert after == before
        assert type(after) is type(before)
        for name in before.__dataclass_fields__:
            there, here = getattr(after, name), getattr(before, name)
            assert there == here or (str(there), vars(there)) == (str(here), vars(here))


@pytest.mark.parametrize("data", DATA.values(), ids=DATA)
def test_data_cannot_be_changed(data):
    """Data classes are frozen and have slots."""
    name = next(iter(data.__dataclass_fields__))
    with pytest.raises(AttributeError):
        setattr(data, name, None)
    assert not hasattr(data, "__dict__")


@pytest.mark.parametrize("data", DATA.values(), ids=DATA)
def test_data_classes_have_keyword_arguments_only(data):
    """So a field can be added anywhere."""
    with pytest.raises(TypeError, match="positional"):
        type(data)("value")


def test_every_public_dataclass_is_tested():
    """A new one belongs in ``DATA`` above."""
    public = [getattr(wan_ergonomic, name) for name in wan_ergonomic.__all__]
    data = {thing for thing in public if hasattr(thing, "__dataclass_fields__")}
    assert data == {type(value) for value in DATA.values()}


def test_generations_with_the_same_content_are_equal():
    """The raw response and its ids are not compared."""
    assert Generation(id="a", raw={"x": 1}, request_id="r") == Generation(id="a")
    assert Generation(id="a", status="queued") != Generation(id="a")
    assert len({Generation(id="a"), Generation(id="a"), Generation(id="b")}) == 2


def test_an_update_prints_as_one_line():
    """So ``print`` is a useful ``on_update``."""
    assert str(Update(generation=Generation(id="a", status="queued"), elapsed=12.4)) == (
        "a: queued, 12 s"
    )
    lost = Update(generation=Generation(id="a"), elapsed=0, error=WanError("No response."))
    assert str(lost) == "a: unknown, 0 s (last poll failed: No response.)"


def test_no_error_shows_a_signed_link():
    """Neither its text nor its repr, though it has the generation."""
    error = full(WaitTimeoutError)
    assert error.generation
    assert error.generation.video == Video(url=LINK, duration=5)
    for shown in (str(error), repr(error), repr(error.generation), repr(DATA["Update"])):
        assert "secret" not in shown
