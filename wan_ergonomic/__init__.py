"""A Python client for the text-to-video model Wan 2.2 Plus on AIML API."""

__version__ = "0.1.0"
