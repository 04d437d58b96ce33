"""P062: whether AWS Backup may take what the plans select."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from compiler.deploy.account import Read
from compiler.preflight.check import Hit, Look
from compiler.preflight.site import Resource, Site
from compiler.preflight.values import mapping

ID = "P062"
TITLE = "backup opt-in"
SUMMARY = (
    "AWS Backup leaves out Aurora clusters, also those that a plan names, where the region is not opted in "
    "for Aurora. What else a plan names is taken without."
)
SOURCE = (
    "AWS Backup developer guide, 'Select AWS services to backup', how selections work with service opt-in"
)
_SETTINGS = Read("backup", "DescribeRegionSettings", "ResourceTypeOptInPreference")
READS = (_SETTINGS,)
# Of the types that need it even when they are named, those that we make.
_OPT_IN = {"AWS::RDS::DBCluster": "Aurora"}


def looks(site: Site) -> Iterator[Look]:
    """One for each selection of such a type."""
    for selection in site.of("AWS::Backup::BackupSelection"):
        chosen = mapping(selection.properties.get("BackupSelection")).get("Resources")
        for value in chosen if isinstance(chosen, list) else ():
            target = site.target(selection.stack, value)
            if target and target.type in _OPT_IN:
                yield partial(_look, site, selection, _OPT_IN[target.type])


def _look(site: Site, selection: Resource, name: str) -> Iterator[Hit]:
    found = site.account.ask(_SETTINGS)
    if found and found[0].get(name) is False:
        message = f"AWS Backup is not opted in for {name} in {site.region}, so it backs up none of it"
        command = f"aws backup update-region-settings --resource-type-opt-in-preference {name}=true"
        yield Hit("error", message, f"{command} --region {site.region}", selection)
