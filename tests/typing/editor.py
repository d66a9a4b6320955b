"""An editor, as far as its language server can tell: pyright's, asked over its protocol (LSP)."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Any, Self

from .checkers import configure

_SERVER = "from basedpyright.langserver import main; main()"


class Editor(AbstractContextManager["Editor"]):
    """Has one program open."""

    def __init__(self, program: str, folder: Path) -> None:
        configure(folder)
        self._lines = program.splitlines()
        self._folder, self._uri = folder.as_uri(), (folder / "program.py").as_uri()
        command = [sys.executable, "-c", _SERVER, "--stdio"]
        self._process = subprocess.Popen(command, stdin=-1, stdout=-1)
        self._asked = 0
        self._open(program)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._process:
            self._process.kill()

    def hover(self, line: int, word: str) -> str:
        """Return what is shown over the first such word in a line, with single spaces."""
        found = self._ask("textDocument/hover", **self._at(line, word))
        return " ".join(str(found["contents"]["value"]).split()) if found else ""

    def completed(self, line: int, word: str) -> list[str]:
        """Return what is offered after the first character of a word."""
        found = self._ask("textDocument/completion", **self._at(line, word))
        return [item["label"] for item in (found or {"items": []})["items"]]

    def _at(self, line: int, word: str) -> dict[str, Any]:
        position = {"line": line, "character": self._lines[line].index(word) + 1}
        return {"textDocument": {"uri": self._uri}, "position": position}

    def _open(self, program: str) -> None:
        plain = {"hover": {"contentFormat": ["plaintext"]}}
        self._ask(
            "initialize",
            processId=None,
            rootUri=self._folder,
            workspaceFolders=[{"uri": self._folder, "name": "programs"}],
            capabilities={"textDocument": plain, "workspace": {"configuration": True}},
        )
        self._send(method="initialized", params={})
        document = {"uri": self._uri, "languageId": "python", "version": 1, "text": program}
        self._send(method="textDocument/didOpen", params={"textDocument": document})

    def _ask(self, method: str, **params: Any) -> Any:
        """Return the result of a request; answer those of the server meanwhile."""
        self._asked += 1
        self._send(id=self._asked, method=method, params=params)
        while True:
            message = self._receive()
            if "method" not in message and message["id"] == self._asked:
                return message["result"]
            if "method" in message and "id" in message:
                # Its settings are in the project's file, so there are none here.
                wanted = message.get("params", {}).get("items", ())
                self._send(id=message["id"], result=[{} for _ in wanted])

    def _send(self, **message: Any) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        pipe: IO[bytes] | None = self._process.stdin
        assert pipe is not None
        pipe.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        pipe.flush()

    def _receive(self) -> Any:
        pipe: IO[bytes] | None = self._process.stdout
        assert pipe is not None
        length = 0
        while header := pipe.readline().strip():
            name, _, value = header.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        assert length, "The language server has ended."
        return json.loads(pipe.read(length))
