"""Video files on disk: written whole or not at all."""

from ._part_file import PartFile, Target, check_target

__all__ = ["PartFile", "Target", "check_target"]
