"""The commands about the settings of this machine: ``doctor``, ``config`` and ``presets``."""

from ._commands import config, presets
from ._doctor import doctor

__all__ = ["config", "doctor", "presets"]
