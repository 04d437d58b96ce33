"""P042: names of buckets, which are unique among all accounts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from compiler.deploy import explain
from compiler.deploy.account import Read, UnseenError
from compiler.preflight.check import Hit, Look
from compiler.preflight.site import Resource, Site

ID = "P042"
TITLE = "names of buckets"
SUMMARY = (
    "Buckets whose name the spec fixes and that exist: in this account and not ours, or in somebody else's, "
    "which S3 answers with 'forbidden'."
)
SOURCE = "Amazon S3 API reference, HeadBucket; names are unique in a partition"
_HEAD = Read("s3", "HeadBucket")
READS = (_HEAD,)
_BUCKET = "AWS::S3::Bucket"


def looks(site: Site) -> Iterator[Look]:
    """One for each name."""
    for bucket in site.of(_BUCKET):
        name = site.text(bucket.properties.get("BucketName"))
        if name and site.is_new(bucket) and name not in site.own_ids(_BUCKET):
            yield partial(_look, site, bucket, name)


def _look(site: Site, bucket: Resource, name: str) -> Iterator[Hit]:
    try:
        found = site.account.ask(_HEAD, Bucket=name)
    except UnseenError as error:
        if not explain.denies(error.code):
            raise
        message = f"bucket '{name}' exists and is not to be seen: most likely it is another account's"
        advice = "choose another name, or leave the name out and CloudFormation makes one"
        yield Hit("error", message, f"{advice}; if it is yours, this identity lacks {_HEAD.action}", bucket)
        return
    if found:
        holder = site.holder(name)
        whose = f"stack {holder} holds it" if holder else "no stack of this platform holds it"
        advice = "adopt it with `existing`, import it into the stack, or choose another name"
        yield Hit("error", f"bucket '{name}' exists already, and {whose}", advice, bucket)
