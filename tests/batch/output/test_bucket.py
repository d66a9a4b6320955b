"""An output in a bucket, against a server of S3 on loopback."""

from __future__ import annotations

import json
import os
import zlib
from base64 import b64encode
from contextlib import closing, contextmanager
from http import HTTPStatus

import httpx
import pytest

from tests.support.s3 import error_response
from wan_ergonomic import ConfigurationError
from wan_ergonomic.batch.output import OutputError, output_of

UNSPENT = "Nothing was sent or spent."
SERVICE = "wan_ergonomic.batch.output._s3_service"


@pytest.fixture
def bucket(s3):
    """A bucket."""
    return s3.bucket()


@pytest.fixture
def output(bucket):
    """An output in it, with a folder for files in the making."""
    made = output_of(f"s3://{bucket}/videos")
    made.make()
    return made


def test_a_file_is_uploaded_as_it_is(s3, bucket, output):
    """With its type, and a checksum that anybody can compare; it stays in its place."""
    output.place("a.mp4").write_bytes(b"123456789")
    output.publish("a.mp4")
    assert s3.held(bucket) == {"videos/a.mp4": b"123456789"}
    assert output.where("a.mp4") == f"s3://{bucket}/videos/a.mp4"
    assert output.local("a.mp4") is None
    assert output.place("a.mp4").is_file()
    head = s3.client.head_object(Bucket=bucket, Key="videos/a.mp4", ChecksumMode="ENABLED")
    # The check value of CRC-32, 0xCBF43926.
    assert (head["ContentType"], head["ChecksumCRC32"]) == ("video/mp4", "y/Q5Jg==")


def test_a_file_that_is_there_is_replaced(s3, bucket, output):
    """What was uploaded before a crash is uploaded again."""
    for text in (b"old", b"new"):
        output.place("a.json").write_bytes(text)
        output.publish("a.json")
    assert s3.held(bucket) == {"videos/a.json": b"new"}


def test_a_long_file_is_sent_in_parts_and_appears_whole(s3, bucket, output, monkeypatch):
    """S3 takes parts from 5 MiB on."""
    monkeypatch.setattr(f"{SERVICE}._PART_BYTES", 5 * 2**20)
    text = os.urandom(11 * 2**20)
    output.place("a.mp4").write_bytes(text)
    output.publish("a.mp4")
    assert s3.held(bucket) == {"videos/a.mp4": text}
    assert [method for method, _ in s3.seen].count("PUT") == 1 + 3
    head = s3.client.head_object(Bucket=bucket, Key="videos/a.mp4", ChecksumMode="ENABLED")
    crc = b64encode(zlib.crc32(text).to_bytes(4, "big")).decode()
    # Of the whole file, not of its parts' checksums.
    assert (head["ChecksumType"], head["ChecksumCRC32"]) == ("FULL_OBJECT", crc)


def test_nothing_is_left_of_a_long_file_whose_upload_fails(s3, bucket, output, monkeypatch):
    """Neither a part of it in the bucket nor parts that S3 keeps, and charges for."""
    monkeypatch.setattr(f"{SERVICE}._PART_BYTES", 5 * 2**20)
    output.place("a.mp4").write_bytes(bytes(11 * 2**20))
    s3.fault = lambda request: (
        error_response(HTTPStatus.FORBIDDEN, "AccessDenied")
        if request.args.get("partNumber") == "2"
        else None
    )
    with pytest.raises(OutputError, match="denied"):
        output.publish("a.mp4")
    assert s3.held(bucket) == {}
    assert s3.client.list_multipart_uploads(Bucket=bucket).get("Uploads", []) == []


def test_a_text_is_uploaded_or_kept_here(s3, bucket, output):
    """Nothing else of it is left."""
    output.write("results.jsonl", ["ä\n", "b\n"])
    assert s3.held(bucket) == {"videos/results.jsonl": "ä\nb\n".encode()}
    assert list(output.hidden.iterdir()) == []
    s3.fault = lambda _: error_response(HTTPStatus.FORBIDDEN, "AccessDenied")
    with pytest.raises(OutputError, match=r"results.jsonl is kept in"):
        output.write("results.jsonl", ["c\n"])
    assert list(output.hidden.iterdir()) == [output.place("results.jsonl")]
    assert output.place("results.jsonl").read_text() == "c\n"


def test_what_the_service_received_damaged_is_sent_again(s3, bucket, output):
    """It compares the checksum, and refuses the file."""
    output.place("a.mp4").write_bytes(b"video")
    s3.fault = lambda request: (
        error_response(HTTPStatus.BAD_REQUEST, "BadDigest") if request.method == "PUT" else None
    )
    with pytest.raises(OutputError, match="BadDigest") as caught:
        output.publish("a.mp4")
    assert not caught.value.lasting
    assert "nothing is paid for again. It is tried again." in str(caught.value)
    s3.fault = lambda _: None
    output.publish("a.mp4")
    assert s3.held(bucket) == {"videos/a.mp4": b"video"}


@pytest.mark.parametrize(
    ("name", "value"), [("content-length", "4"), ("x-amz-checksum-crc32", "AAAAAA==")]
)
def test_what_the_service_has_is_compared(s3, output, name, value):
    """Its size, and its checksum."""
    output.place("a.mp4").write_bytes(b"video")
    s3.change = lambda request, headers: (
        [each for each in headers if each[0].lower() != name] + [(name, value)]
        if request.method == "HEAD"
        else headers
    )
    with pytest.raises(OutputError, match="is not what was uploaded") as caught:
        output.publish("a.mp4")
    assert not caught.value.lasting


@pytest.mark.parametrize("known", [[], [("x-amz-checksum-crc32", "AAAAAA==-3")]])
def test_a_service_may_know_no_checksum_of_the_whole_file(s3, bucket, output, known):
    """Then the size is compared alone."""
    output.place("a.mp4").write_bytes(b"video")
    s3.change = lambda _, headers: [
        *(each for each in headers if not each[0].lower().startswith("x-amz-checksum")),
        *known,
    ]
    output.publish("a.mp4")
    assert s3.held(bucket) == {"videos/a.mp4": b"video"}


@pytest.mark.parametrize(
    ("response", "said", "lasting"),
    [
        ((HTTPStatus.FORBIDDEN, "AccessDenied"), "is denied.*Allow these credentials", True),
        ((HTTPStatus.FORBIDDEN, "InvalidAccessKeyId"), "InvalidAccessKeyId.*Renew them", True),
        ((HTTPStatus.BAD_REQUEST, "ExpiredToken"), "are refused.*Renew them", True),
        ((HTTPStatus.NOT_FOUND, "NoSuchBucket"), "does not exist. .*Make it, or", True),
        ((HTTPStatus.CONFLICT, "QuotaExceeded"), "409 QuotaExceeded: No. .*Correct", True),
        ((HTTPStatus.SERVICE_UNAVAILABLE, "SlowDown"), "503 SlowDown: No", False),
        ((HTTPStatus.INTERNAL_SERVER_ERROR, "InternalError"), "500 InternalError: No", False),
    ],
)
def test_a_refused_upload_says_why_and_what_to_do(s3, output, response, said, lasting):
    """And that nothing is paid for again, and where the video is."""
    output.place("a.mp4").write_bytes(b"video")
    s3.fault = lambda request: error_response(*response) if request.method == "PUT" else None
    with pytest.raises(OutputError, match=said) as caught:
        output.publish("a.mp4")
    assert caught.value.lasting == lasting
    kept = f"a.mp4 is kept in {output.hidden}, and nothing is paid for again."
    assert kept in str(caught.value)
    assert str(caught.value).endswith(
        "and run the batch again to upload it." if lasting else "It is tried again."
    )


def test_a_network_that_is_away_is_waited_for(s3, bucket, output):
    """The file is uploaded when it is back."""
    output.place("a.mp4").write_bytes(b"video")
    s3.stop()
    try:
        with pytest.raises(OutputError, match="cannot be reached") as caught:
            output.publish("a.mp4")
    finally:
        s3.start()
    assert not caught.value.lasting
    output.publish("a.mp4")
    assert s3.held(bucket) == {"videos/a.mp4": b"video"}


def test_a_bucket_must_exist(s3):
    """Before anything is sent."""
    with pytest.raises(ConfigurationError, match=f"'no-such' does not exist. .* {UNSPENT}"):
        output_of("s3://no-such/x").claim("1")
    assert s3.seen


def test_credentials_are_needed(bucket, monkeypatch):
    """Before anything is sent."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(ConfigurationError, match=r"no credentials .*or AWS_PROFILE. Nothing"):
        output_of(f"s3://{bucket}/x").claim("1")


def test_credentials_of_a_profile_are_used(s3, bucket, tmp_path):
    """Its endpoint, too."""
    (tmp_path / "aws-config").write_text(
        f"[profile work]\naws_access_key_id = me\naws_secret_access_key = x\n"
        f"region = eu-central-1\nendpoint_url = {s3.url}\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL"):
            patch.delenv(name)
        patch.setenv("AWS_PROFILE", "work")
        output_of(f"s3://{bucket}/x").claim("1")
    assert list(s3.held(bucket)) == ["x/.wan/batch.json"]


def test_a_profile_must_exist(bucket, monkeypatch):
    """The message names it."""
    monkeypatch.setenv("AWS_PROFILE", "missing")
    with pytest.raises(ConfigurationError, match=r"\(missing\).* Correct the settings for AWS"):
        output_of(f"s3://{bucket}/x").claim("1")


def test_rights_are_needed(s3, bucket):
    """Those of a user whom a policy lets read alone: moto's server applies it."""
    with closing(s3.make_client("iam")) as iam:
        iam.create_user(UserName="reader")
        policy = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [policy]})
        iam.put_user_policy(UserName="reader", PolicyName="read", PolicyDocument=document)
        key = iam.create_access_key(UserName="reader")["AccessKey"]
    with pytest.MonkeyPatch.context() as patch, authenticating(s3):
        patch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
        patch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
        with pytest.raises(ConfigurationError, match=f"denied. .*s3:PutObject.* {UNSPENT}"):
            output_of(f"s3://{bucket}/x").claim("1")
        patch.setenv("AWS_ACCESS_KEY_ID", "unknown")
        with pytest.raises(ConfigurationError, match=r"refused \(InvalidAccessKeyId\)"):
            output_of(f"s3://{bucket}/x").claim("1")
    assert s3.held(bucket) == {}


def test_the_mark_of_a_batch_is_found_again(s3, bucket):
    """By the same output, which does not ask again, and by another one."""
    output = output_of(f"s3://{bucket}/x")
    output.claim("1")
    asked = len(s3.seen)
    output.claim("1")
    assert len(s3.seen) == asked
    output_of(f"s3://{bucket}/x/").claim("1")
    output_of(f"s3://{bucket}/y/").claim("2")


@pytest.mark.parametrize("held", [None, b"other", b"[]"])
def test_a_bucket_that_holds_another_batch_is_refused(s3, bucket, held):
    """Its rows would be paid for again; so would those of one whose mark cannot be read."""
    if held is None:
        output_of(f"s3://{bucket}/x").claim("1")
    else:
        s3.client.put_object(Bucket=bucket, Key="x/.wan/batch.json", Body=held)
    with pytest.raises(ConfigurationError, match=f"holds another batch. .* {UNSPENT}"):
        output_of(f"s3://{bucket}/x").claim("2")


@pytest.mark.parametrize("code", ["NoSuchKey", "AccessDenied"])
def test_of_two_machines_that_begin_at_once_one_is_refused(s3, bucket, code):
    """Whoever may not list a bucket cannot tell a missing mark from a forbidden one."""
    output_of(f"s3://{bucket}/x").claim("1")
    first = [error_response(HTTPStatus.NOT_FOUND, code)]
    s3.fault = lambda request: first.pop() if request.method == "GET" and first else None
    with pytest.raises(ConfigurationError, match="holds another batch"):
        output_of(f"s3://{bucket}/x").claim("2")


def test_a_mark_that_is_gone_meanwhile_is_nobodys(s3, bucket):
    """Somebody deleted it between two requests."""
    s3.fault = lambda request: (
        error_response(HTTPStatus.PRECONDITION_FAILED, "PreconditionFailed")
        if request.method == "PUT"
        else None
    )
    with pytest.raises(ConfigurationError, match="holds another batch"):
        output_of(f"s3://{bucket}/x").claim("1")


@pytest.mark.parametrize("prefix", ["a b+%41#?&=:@", "Füchse/狐/🦊", "...a/~'\"(*)!", ""])
def test_any_readable_prefix_can_be_used(s3, bucket, prefix):
    """It is taken as it is written."""
    output = output_of(f"s3://{bucket}/{prefix}")
    output.make()
    output.claim("1")
    output.place("ü %2F.mp4").write_bytes(b"video")
    output.publish("ü %2F.mp4")
    before = f"{prefix}/" if prefix else ""
    assert s3.held(bucket).keys() == {f"{before}.wan/batch.json", f"{before}ü %2F.mp4"}


@contextmanager
def authenticating(s3):
    """Let moto check who asks, and what the policies allow."""
    address = f"{s3.url}/moto-api/reset-auth"
    httpx.post(address, content="0").raise_for_status()
    try:
        yield
    finally:
        httpx.post(address, content="inf").raise_for_status()
