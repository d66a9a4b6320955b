"""The pictures of README and of the documentation, drawn from what the project does now."""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support.browser import chromium

from .examples import PAGES

IMAGES = PAGES / "images"
COMMAND = 'generate "A paper boat sails down a gutter" --sandbox -o boat.mp4'
COLUMNS = 88
# Prompts and seeds of the picture of the gallery.
PROMPTS = ("A paper boat sails down a gutter", "A lighthouse in a storm", "A fox on a frozen lake")
SEEDS = (1, 2, 3, 4)

# What differs each time: the id, the date of the price, the size, and how long it took.
_SAMPLES = (
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "10d5fca3-c1a1-4a06-8163-5876924ccdfe"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "2026-11-30 09:00 UTC"),
    (r"after \d+ s", "after 4 s"),
    (r"\d+\.\d MB", "0.2 MB"),
)


def draw() -> None:
    """Draw all pictures."""
    IMAGES.mkdir(exist_ok=True)
    (IMAGES / "terminal.svg").write_text(terminal_as_svg(run(COMMAND)), "utf-8")
    take_gallery(IMAGES / "gallery.jpg")


def run(command: str) -> list[str]:
    """Run a command of ``wan`` in a terminal; return the lines that it leaves, in ANSI codes.

    What differs each time is replaced.
    """
    import pty

    ours, theirs = pty.openpty()
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-m", "wan_ergonomic", *shlex.split(command)]
        process = subprocess.Popen(
            words, cwd=folder, env=_environ(folder), stdin=theirs, stdout=theirs, stderr=theirs
        )
        os.close(theirs)
        output = _read(ours)
        assert process.wait(timeout=60) == 0, output
    return [_sampled(line) for line in [f"$ wan {command}", *_left(output)]]


def terminal_as_svg(lines: list[str]) -> str:
    """Return a picture of a terminal with these lines."""
    from rich.console import Console
    from rich.text import Text

    console = Console(width=COLUMNS, record=True, file=io.StringIO(), force_terminal=True)
    for line in "\n".join(lines).rstrip().split("\n"):
        console.print(Text.from_ansi(line))
    picture = console.export_svg(title="wan", unique_id="wan")
    # Without what loads a font from another host, and without a comment.
    return re.sub(r"@font-face \{.*?\}|<!--.*?-->", "", picture, flags=re.DOTALL)


def take_gallery(file: Path) -> None:
    """Take a picture of the gallery of a batch."""
    from wan_ergonomic import PollingPolicy, WanClient
    from wan_ergonomic.gallery import make_gallery
    from wan_ergonomic.sandbox import Sandbox
    from wan_ergonomic.video import metadata_for

    often = PollingPolicy(min_interval=0.05, max_interval=0.1)
    with tempfile.TemporaryDirectory() as root, Sandbox(speed=1000) as sandbox:
        folder = Path(root, "videos")
        folder.mkdir()
        with WanClient(sandbox.key, base_url=sandbox.url, polling=often, preset="draft") as wan:
            for prompt in PROMPTS:
                for seed in SEEDS:
                    made = wan.generate(prompt, seed=seed)
                    name = f"{prompt.lower().replace(' ', '-')}-{seed}.mp4"
                    wan.download(made, folder / name, finish=metadata_for())
        page = make_gallery(folder).page
        with chromium() as browser:
            view = browser.new_page(viewport={"width": 1280, "height": 720})
            view.goto(page.as_uri())
            view.locator(".card").nth(len(PROMPTS) * len(SEEDS) - 1).wait_for()
            view.wait_for_timeout(500)
            view.screenshot(path=file, type="jpeg", quality=70)


def _environ(folder: str) -> dict[str, str]:
    """Return the environment of a command in a terminal, without settings of this machine."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WAN_")}
    places = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"), folder)
    return {**kept, **places, "TERM": "xterm-256color", "COLUMNS": str(COLUMNS)}


def _read(terminal: int) -> str:
    """Return what is written into a terminal until its other side is closed."""
    output = bytearray()
    try:
        while chunk := os.read(terminal, 65536):
            output += chunk
    except OSError:
        # So Linux reports the end.
        pass
    finally:
        os.close(terminal)
    return output.decode()


def _left(output: str) -> list[str]:
    """Return the lines that are left of what rich has written, drawn anew and erased."""
    lines: list[str] = []
    for line in output.replace("\r\n", "\n").split("\n"):
        lines += [""] if "\x1b[1A" not in line else []
        lines[-1] = re.split(r"\r|\x1b\[1A|\x1b\[2K", line)[-1]
    return [re.sub(r"\x1b\[\?25[lh]", "", line) for line in lines]


def _sampled(line: str) -> str:
    for pattern, sample in _SAMPLES:
        line = re.sub(pattern, sample, line)
    return line
