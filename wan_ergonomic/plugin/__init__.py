"""The values of the pytest plugin's fixtures, for annotations and for fixtures of your own.

``wan_ergonomic.pytest_plugin`` defines the fixtures, and imports this package when one
is first used.
"""

from ._assertions import WanContract
from ._replay import replay_options
from ._sandbox import WanSandbox

__all__ = ["WanContract", "WanSandbox", "replay_options"]
