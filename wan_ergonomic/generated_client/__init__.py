"""The generated client, importable by one name wherever it is installed.

In the repository, the generator writes to ``generated_client/`` at the top, and
this file redirects imports there. A wheel holds the generator's output in place
of this file. Its endpoints and models are documented by the OpenAPI documents in
``openapi/``; it is regenerated when they change, so its names may change too.
"""

from pathlib import Path

__path__ = [str(Path(__file__).parents[2] / "generated_client")]

from .client import AuthenticatedClient, Client

__all__ = ("AuthenticatedClient", "Client")
