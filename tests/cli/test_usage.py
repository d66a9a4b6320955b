"""Mistakes on the command line: each ends in a sentence of ours, and nothing is sent."""

from pathlib import Path

import pytest

from wan_ergonomic.cli._usage import _ABSENT

pytestmark = pytest.mark.usefixtures("contract_as_it_was")

# What was typed, what the message says, and the words of the command line that it offers.
MISTAKES = [
    ("generate fox --duration 10", "no option --duration: every video of this model is five", []),
    ("generate fox --seconds 10", "no option --seconds: every video of this model is five", []),
    ("generate fox --model sora", "no option --model: this client is for one model, ali", []),
    ("generate fox --api-key abc", "comes from the environment variable AIMLAPI_API_KEY.", []),
    ("generate fox --dry-run", "wan preview shows what would be sent", []),
    ("generate fox --overwrite", "--force replaces a file that exists", []),
    ("generate fox --size 1080P", "--resolution and --aspect-ratio choose the size", []),
    ("generate fox --transport x", "it is an option of the client: WanClient(transport=…)", []),
    ("generate fox --sed 3", "There is no option --sed. Did you mean --seed?", []),
    ("generate fox --frobnicate", "There is no option --frobnicate. Nothing", []),
    ("generate --prompt fox", "write the prompt without an option, in quotes.", []),
    (
        "submit fox -o x.mp4",
        "submit has no option -o. These have it: generate, wait, download, watch, gallery.",
        [],
    ),
    ("sandbox --speed nan", "--speed must be a finite number, not nan.", []),
    ("sandbox --host 0.0.0.0", "the sandbox listens on this machine only", []),
    ("generate fox -seed 7", "no option -seed: write --seed, with two dashes. Nothing", []),
    ("generate fox -seed=7", "no option -seed: write --seed, with two dashes. Nothing", []),
    (
        "generate cat dog",
        "Several prompts of one word are a list for wan batch.",
        ["generate", "cat dog"],
    ),
    ("sandbox --list", "There is no option --list: --scenarios lists those of the sandbox", []),
    ("generate fox -x", "There is no option -x. Nothing", []),
    (
        "generate fox --seed abc",
        "--seed must be a whole number from 0 to 2147483647 (--seeds takes several), not 'abc'",
        [],
    ),
    (
        "generate fox --seed 1.5",
        "--seed must be a whole number from 0 to 2147483647 (--seeds takes several), not '1.5'",
        [],
    ),
    (
        "generate fox --seed=",
        "--seed must be a whole number from 0 to 2147483647 (--seeds takes several), not ''",
        [],
    ),
    ("generate fox --timeout 5m", "--timeout must be a positive number of seconds, not '5m'", []),
    ("generate fox --timeout 0", "timeout must be a positive number of seconds, not 0.0.", []),
    ("generate fox --resolution 4k", "resolution cannot be '4k'. It is one of 480P, 1080P.", []),
    ("generate fox --preset x", "There is no preset 'x'. Presets: draft,", []),
    ("generate fox --seed", "--seed needs a value.", []),
    ("generate fox --sandbox=yes", "--sandbox takes no value.", []),
    ("generate fox --watermark true", "write --watermark or --no-watermark without true.", []),
    ("generate fox --sandbox yes", "--sandbox takes no value: write --sandbox without yes", []),
    ("generate A fox --seed 3 runs", "needs quotes", ["generate", "A fox runs", "--seed", "3"]),
    ("submit A -- -fox -q=3", "needs quotes", ["submit", "A -fox -q=3"]),
    ("submit -- -A fox", "needs quotes", ["submit", "--", "-A fox"]),
    ("preview A fox -q --seed=3", "needs quotes", ["preview", "A fox", "-q", "--seed=3"]),
    ("generate A fox --duration 10", "There is no option --duration", []),
    ("generate", "PROMPT is missing: say what the video shows, in quotes", []),
    ("generate -o x.mp4", "PROMPT is missing: say what the video shows, in quotes", []),
    ("generate fox --prompt-file p.txt", "There are two prompts: 'fox' and the one in p.txt", []),
    ("A fox runs -q", "There is no command 'A'", ["generate", "A fox runs", "-q"]),
    ("fox", "There is no command 'fox'. The commands are generate, submit,", []),
    ("GENERATE fox", "There is no command 'GENERATE'. Did you mean 'generate'?", []),
    ("generat fox", "There is no command 'generat'. Did you mean 'generate'?", []),
    ("--sandbox generate fox", "before the command", ["generate", "--sandbox", "fox"]),
    ("--json fox", "before the command", ["generate", "--json", "fox"]),
    ("--frobnicate generate fox", "There is no option --frobnicate. Nothing", []),
    ("--duration 10 generate fox", "no option --duration: every video of this", []),
    ("--no-watermark fox", "before the command", ["generate", "--no-watermark", "fox"]),
    ("wait id --preset draft", "wait has no option --preset. These have it: generate,", []),
    ("--sandbox", "There is no option --sandbox without a command.", []),
    ("help generat", "There is no command 'generat'.", []),
    ("wait", "ID is missing.", []),
    ("generate fox f.mp4", "f.mp4 is one word too many", ["generate", "fox", "-o", "f.mp4"]),
    ("submit fox f.mp4", "needs quotes", ["submit", "fox f.mp4"]),
    ("wait one two.mp4", "There are too many words: two.mp4. -o names a file.", []),
    ("status one two", "There are too many words: two. Nothing", []),
    ("sandbox --port 99999", "--port must be a whole number from 0 to 65535, not 99999.", []),
    ("sandbox --speed fast", "--speed must be a number of at least 0.001, not 'fast'.", []),
    ("contract dif a b", "There is no command 'dif'. Did you mean 'diff'?", []),
    ("contract diff a", "NEW is missing.", []),
    ("contract diff a b --format xml", "must be one of table, markdown, json, github, not", []),
]


@pytest.mark.parametrize(("typed", "message", "offered"), MISTAKES, ids=[m[0] for m in MISTAKES])
def test_a_mistake_ends_in_a_sentence_of_ours(wan, monkeypatch, typed, message, offered):
    """It says what is wrong, that nothing was spent, and where to read on; the exit code is 2."""
    monkeypatch.setenv("AIMLAPI_API_KEY", "some-key")
    result = wan(*typed.split())
    first, *more = result.err.splitlines()
    if "--json" not in typed:
        assert message in first
        assert "Nothing was sent or spent." in first
        assert (result.next_words if more else []) == offered
    assert (result.code, result.out) == (2, b"")


@pytest.mark.parametrize("words", [["help"], ["-h"], ["--help"], []])
def test_each_way_to_ask_for_help_works(wan, words):
    """People try the ways of other programs."""
    assert wan(*words) == wan("--help")


@pytest.mark.parametrize("words", [["help", "generate"], ["generate", "help"]])
def test_help_is_a_command_and_no_prompt(wan, words):
    """Nobody pays for a video of the word help by mistake."""
    assert wan(*words) == wan("generate", "--help")


def test_help_can_be_a_prompt_behind_a_double_dash(wan):
    """Whoever means it can say so."""
    assert wan("preview", "--", "help").data["prompt"] == "help"


@pytest.mark.parametrize("words", [["-V"], ["version"]])
def test_each_way_to_ask_for_the_version_works(wan, words):
    """People try the ways of other programs."""
    assert wan(*words) == wan("--version")


@pytest.mark.parametrize("name", _ABSENT)
def test_no_option_that_exists_is_called_absent(wan, name):
    """The table of reasons is about options that there are not."""
    option = f"-{name}" if len(name) == 1 else f"--{name}"
    assert f"There is no option {option}: " in wan("generate", "fox", option).err


def test_the_names_of_commands_keep_an_error_of_their_own(wan):
    """With --json, the command that is offered is in the event."""
    (event,) = wan("submit", "A", "fox", "--json").events
    assert event["error"]["kind"] == "UsageError"
    assert event["command"] == "wan submit 'A fox' --json"


@pytest.mark.parametrize(
    "words",
    [["generate", "fox"], ["generate", "fox", "-o", "f"], ["download", "id"], ["submit", "fox"]],
)
def test_a_deleted_folder_is_no_traceback(wan, api, monkeypatch, words):
    """A command that writes into it says so; one that does not works."""
    folder = Path("gone").absolute()
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    billed = api.billed
    result = wan(*words, at=api)
    writes = words[0] != "submit"
    assert (result.code, api.billed - billed) == ((2, 0) if writes else (0, 1))
    assert ("the current folder, which was deleted" in result.err) == writes
