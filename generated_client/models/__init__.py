"""Contains all the data models used in inputs/outputs"""

from .aspect_ratio import AspectRatio
from .created_error import CreatedError
from .created_generation import CreatedGeneration
from .created_meta import CreatedMeta
from .created_usage import CreatedUsage
from .created_video import CreatedVideo
from .fetched_generation import FetchedGeneration
from .fetched_meta import FetchedMeta
from .fetched_usage import FetchedUsage
from .fetched_video import FetchedVideo
from .generation_request import GenerationRequest
from .model import Model
from .resolution import Resolution

__all__ = (
    "AspectRatio",
    "CreatedError",
    "CreatedGeneration",
    "CreatedMeta",
    "CreatedUsage",
    "CreatedVideo",
    "FetchedGeneration",
    "FetchedMeta",
    "FetchedUsage",
    "FetchedVideo",
    "GenerationRequest",
    "Model",
    "Resolution",
)
