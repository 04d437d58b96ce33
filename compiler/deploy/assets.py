"""Assets -> the bucket, each only when it is not there yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compiler.assembly import Asset
from compiler.deploy.door import Aws
from compiler.deploy.events import AssetUploaded


def upload(aws: Aws, bucket: str, assets: Iterable[Asset]) -> Iterator[AssetUploaded]:
    """One event per asset. The key is the content's address, so what is there is right."""
    for asset in assets:
        there = aws.has_object(bucket, asset.key)
        if not there:
            aws.put_object(bucket, asset.key, asset.content)
        yield AssetUploaded(asset.key, asset.component, len(asset.content), uploaded=not there)
