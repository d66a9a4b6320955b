"""The commands about the settings of this machine: ``doctor``, ``config`` and ``presets``."""
