"""A server of S3."""

from tests.batch.s3 import s3, s3_running

__all__ = ["s3", "s3_running"]
