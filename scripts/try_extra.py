"""Installs the wheel with one extra alone into a new environment, and uses what the extra is for.

    python scripts/try_extra.py EXTRA FOLDER

FOLDER holds the wheel. `core` is the wheel without an extra. Only the standard library is needed.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

import _environment

CONSTRAINTS = _environment.ROOT / "constraints.txt"
# A program for each extra, which ends without an error if the extra is complete.
_CLIENT = """
from wan_ergonomic import PromptDefaults, WanClient
with WanClient("a-key", defaults=PromptDefaults(prefix="x ")) as wan:
    assert wan.preview("A boat").body["prompt"] == "x A boat"
"""
_WAN = """
from wan_ergonomic.__main__ import main
import sys
sys.argv = ["wan", {words}]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
"""
_VIDEO = """
import os
import av
os.mkdir("videos")
with av.open("videos/boat.mp4", "w") as video:
    stream = video.add_stream("h264", rate=5)
    stream.width = stream.height = 64
    stream.pix_fmt = "yuv420p"
    for _ in range(5):
        video.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))
    video.mux(stream.encode())
"""
PROGRAMS = {
    "core": _CLIENT,
    # Without a row, the engine starts and ends.
    "batch": """
import os
from wan_ergonomic.batch import Settings, open_batch
os.environ["AIMLAPI_API_KEY"] = "a-key-of-nobody"
with open_batch("videos", create=Settings(max_usd=1)) as batch:
    batch.run()
""",
    "cli": _WAN.format(words="'preview', 'A boat'"),
    "contract": """
from wan_ergonomic.contract import read_source
from wan_ergonomic._spec import openapi_folder
assert read_source(str(openapi_folder() / "contract.json"))
""",
    "gallery": f"""{_VIDEO}
from wan_ergonomic.gallery import make_gallery
assert make_gallery("videos", contact_sheet="sheet.png").states == {{"done": 1}}
""",
    "mcp": "from wan_ergonomic.mcp_server import make_server; make_server([])",
    "sandbox": """
from wan_ergonomic import PollingPolicy, WanClient
from wan_ergonomic.sandbox import Sandbox
often = PollingPolicy(min_interval=0.05, max_interval=0.1)
with Sandbox(speed=1000) as sandbox:
    with WanClient(sandbox.key, base_url=sandbox.url, polling=often) as wan:
        wan.download(wan.generate("A boat"), "boat.mp4")
""",
    "truststore": f"import truststore{_CLIENT}",
    "video": f"""{_VIDEO}
from wan_ergonomic.video import inspect
assert inspect("videos/boat.mp4").frames == 5
""",
    "all": _WAN.format(words="'generate', 'A boat', '--sandbox', '-o', 'boat.mp4'"),
}


def main(arguments: list[str]) -> int:
    """Try the extra; return the exit code."""
    if len(arguments) != 2 or arguments[0] not in PROGRAMS:
        sys.exit(f"usage: try_extra.py {'|'.join(PROGRAMS)} FOLDER")
    extra, folder = arguments
    (wheel,) = Path(folder).resolve().glob("*.whl")
    with tempfile.TemporaryDirectory() as place:
        venv.create(Path(place, "venv"), with_pip=True)
        python = _environment.python_in(Path(place, "venv"))
        wanted = str(wheel) if extra == "core" else f"{wheel}[{extra}]"
        pip = [str(python), "-m", "pip", "install", "-qq", "--constraint", str(CONSTRAINTS)]
        subprocess.run([*pip, wanted], check=True)
        return subprocess.call([str(python), "-W", "error", "-c", PROGRAMS[extra]], cwd=place)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
