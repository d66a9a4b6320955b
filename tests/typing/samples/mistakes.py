"""Mistakes that a type checker finds, each on a line of its own."""

from __future__ import annotations

from wan_ergonomic import AsyncWanClient, Options, PromptDefaults, WanClient


def blocking(wan: WanClient) -> None:
    """Make mistakes with the client that blocks."""
    wan.generate()  # error: no prompt
    wan.generate(7)  # error: not a text
    wan.generate("A boat", 60)  # error: options have names
    wan.generate("A boat", timeout="a minute")  # error: not a number
    wan.generate("A boat", on_update="print")  # error: not a function
    wan.generate("A boat", no_such_option=True)  # error: no such option
    wan.submit("A boat", recover=True)  # error: no such argument
    wan.wait(7)  # error: neither a generation nor an id
    wan.download("id")  # error: no target
    wan.download("id", 7)  # error: neither a path nor a file
    wan.status("id").video.url  # error: there may be no video  # noqa: B018
    wan.preview("A boat").body["prompt"] = "A fox"  # error: it is read only
    wan.make("A boat")  # error: no such method


async def awaited(wan: AsyncWanClient) -> None:
    """Make mistakes with the client that awaits."""
    wan.generate("A boat").id  # error: not awaited  # noqa: B018
    await wan.generate(7)  # error: not a text
    await wan.preview("A boat")  # error: a preview is not awaited
    with wan:  # error: not the statement for it
        pass


def more() -> Options:
    """Make mistakes beside the clients."""
    WanClient(no_such_setting=True)  # error: no such setting
    PromptDefaults(no_such_option=True)  # error: no such option
    PromptDefaults(prefix=7)  # error: not a text
    PromptDefaults().prefix = "A film of"  # error: it is frozen
    return {"no_such_option": True}  # error: no such option
