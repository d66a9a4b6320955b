"""Many videos from one list of prompts."""
