"""What the pytest plugin hands to the test suites of whoever builds on this package.

``pytest_plugin`` is the door and imports this when a fixture is first used;
the names here are for annotations and for fixtures of your own.
"""

from ._assertions import WanContract
from ._sandbox import WanSandbox

__all__ = ["WanContract", "WanSandbox"]
