"""A copy of the project that a test may change, and a page like those that vendors publish."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from wan_ergonomic._spec import METHODS, Role

ROOT = Path(__file__).parents[2]
NOT_COMPILED = shutil.ignore_patterns("__pycache__")

# Where each operation is published today, as (METHOD, path) by role.
WANTED: dict[str, tuple[str, str]] = {
    role: (entry["method"], entry["path"])
    for role, entry in json.loads((ROOT / "openapi" / "lock.json").read_text("utf-8"))[
        "published"
    ].items()
}

# The same without the methods.
PATHS: dict[Role, str | None] = {role: WANTED[role][1] for role in METHODS}

PAGE = """\
# Source: https://docs.example/model.md

{{% hint style="info" %}}
* `a/model`
  {{% endhint %}}

A model at \\~30 FPS[^1].

## Create a video

>

```json
{create}```

## Fetch a video

>

```json
{poll}```

{{% code overflow="wrap" %}}

```python
data = {{"openapi": 'not JSON: ```', "paths": {{}}}}
print("Processing complete:/n", data)
```

```json5
Generation ID:   dabf0a77
Processing complete:/n {{'id': 'dabf0a77', 'status': 'completed'}}
```

```json
{{"id": "dabf0a77", "status": "completed"}}
```

```json
["not", "an object"]
```

````markdown
```json
{{"openapi": "3.0.0", "paths": {{"/how-to-write-a-page": {{"post": {{}}}}}}}}
```
````

[^1]: Frames per second
"""


def reworded(text):
    """Return a published document with an extension that has no effect."""
    return json.dumps({**json.loads(text), "x-note": "reworded"}) + "\n"


@pytest.fixture
def root():
    """The folder of the project itself, which a test must not change."""
    return ROOT


@pytest.fixture
def published():
    """The exact text of each published document, by role. As on a page, it ends with a newline."""
    folder = ROOT / "openapi" / "upstream"
    texts = {role: (folder / f"{role}.json").read_bytes().decode() for role in ("create", "poll")}
    return {role: text if text.endswith("\n") else f"{text}\n" for role, text in texts.items()}


@pytest.fixture
def page(published):
    """A documentation page with both documents, among the other things that a page contains."""
    return PAGE.format(**published)


@pytest.fixture
def changed_page(published, tmp_path):
    """The path of a page on which the document for polling has a new extension.

    If it is the document for creating, too, it has it wherever it stands.
    """
    path = tmp_path / "page.md"
    old, new = published["poll"], reworded(published["poll"])
    documents = {role: text.replace(old, new) for role, text in published.items()}
    path.write_bytes(PAGE.format(**documents).encode())
    return str(path)


@pytest.fixture
def project(tmp_path, published):
    """A copy of the documents and of what is made from them, in a folder with a space in its name.

    It has no changelog, and its documents end with a newline, whatever was vendored last.
    """
    copy = tmp_path / "a project"
    for name in ("openapi", "generated_client", "wan_ergonomic/_options"):
        shutil.copytree(ROOT / name, copy / name, ignore=NOT_COMPILED)
    (copy / "openapi" / "CHANGELOG.md").unlink(missing_ok=True)
    lock = json.loads((copy / "openapi" / "lock.json").read_text("utf-8"))
    for role, text in published.items():
        (copy / "openapi" / "upstream" / f"{role}.json").write_bytes(text.encode())
        lock["published"][role]["sha256"] = hashlib.sha256(text.encode()).hexdigest()
    text = json.dumps(lock, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    (copy / "openapi" / "lock.json").write_bytes(text.encode())
    return copy


@pytest.fixture
def snapshot(project):
    """A function that returns the content of every file of the copy, by path."""

    def take() -> dict[str, bytes]:
        files = [path for path in project.rglob("*") if path.is_file()]
        return {path.relative_to(project).as_posix(): path.read_bytes() for path in files}

    return take
