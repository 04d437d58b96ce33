"""P063: whether the account as a whole blocks public access to S3."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from compiler.deploy.account import Read
from compiler.preflight.check import Hit, Look
from compiler.preflight.site import Site

ID = "P063"
TITLE = "public access to buckets"
SUMMARY = "Our buckets each block public access; whether the account does so for all, for information."
SOURCE = "Amazon S3 user guide, 'Configuring block public access settings for your account'"
_BLOCK = Read("s3control", "GetPublicAccessBlock", "PublicAccessBlockConfiguration")
READS = (_BLOCK,)
IS_GLOBAL = True


def looks(site: Site) -> Iterator[Look]:
    """One, when there are buckets."""
    if next(site.of("AWS::S3::Bucket"), None):
        yield partial(_look, site)


def _look(site: Site) -> Iterator[Hit]:
    found = site.account.ask(_BLOCK, AccountId=site.caller.account)
    if not found or not all(found[0].values()):
        account = site.caller.account
        command = (
            f"aws s3control put-public-access-block --account-id {account} "
            "--public-access-block-configuration "
            "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true"
        )
        message = f"account {account} does not block public access to all its buckets; ours do so each"
        yield Hit("info", message, command)
