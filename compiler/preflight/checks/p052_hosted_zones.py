"""P052: hosted zones of records."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from compiler.deploy.account import Read
from compiler.preflight.check import Hit, Look
from compiler.preflight.site import Resource, Site

ID = "P052"
TITLE = "hosted zones"
SUMMARY = "Whether each hosted zone exists in the account and holds names like the one of the record."
SOURCE = "Amazon Route 53 API reference, GetHostedZone"
_ZONE = Read("route53", "GetHostedZone", "HostedZone")
READS = (_ZONE,)
IS_GLOBAL = True


def looks(site: Site) -> Iterator[Look]:
    """One for each record whose zone is known."""
    for record in site.of("AWS::Route53::RecordSet"):
        zone, name = (site.text(record.properties.get(key)) for key in ("HostedZoneId", "Name"))
        if zone and name:
            yield partial(_look, site, record, zone, name)


def _look(site: Site, record: Resource, id_: str, name: str) -> Iterator[Hit]:
    found = site.account.ask(_ZONE, Id=id_)
    if not found:
        message = f"hosted zone {id_} does not exist in account {site.caller.account}"
        advice = "name one of this account (aws route53 list-hosted-zones), or leave it out"
        yield Hit("error", message, advice, record)
        return
    domain = found[0]["Name"].rstrip(".")
    if not f".{name.rstrip('.')}".endswith(f".{domain}"):
        message = f"hosted zone {id_} is for {domain}, where a record {name} cannot be"
        yield Hit("error", message, "name the zone of this domain", record)
