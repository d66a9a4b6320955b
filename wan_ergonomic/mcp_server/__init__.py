"""A server of the Model Context Protocol (MCP): the client's calls as tools for an agent.

Needs the ``mcp`` extra; the core never imports it.
"""

from ._budget import Budget
from ._folder import Folder
from ._server import make_server, serve
from ._tools import Tool, tools_of
from ._videos import Videos

__all__ = ["Budget", "Folder", "Tool", "Videos", "make_server", "serve", "tools_of"]
