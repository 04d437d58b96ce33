"""The reference platform, changed so that a reviewer has much to see: data, access, a waiver."""

from __future__ import annotations

from pathlib import Path

SPECS = Path(__file__).parent.parent / "specs"

# What the reference platform says -> what it says then; each must be there once.
EDITS = {
    "    profile: production\n": """    profile: production
    waivers:
      - {rule: D018, component: registry, expires: 2099-12-31,
         reason: "backups are taken over by the recovery vault <daily>, see the runbook"}
""",
    "    engine: aurora-postgresql\n": "    engine: aurora-postgresql\n    name: machines\n",
    "    backup: {retention: 14d}\n": "    backup: {retention: 3d}\n",
    "registry: write, raw-events: read}": "registry: write, raw-events: write}",
    "    node_type: cache.t4g.small\n": "    node_type: cache.r7g.large\n",
    "  device-events: {}\n": "  device-events: {}\n  audit-trail: {}\n",
    "  maintenance:  ": "  workshop:  ",
    'tag: "1.4.2"': 'tag: "1.5.0"',
}


def spec() -> str:
    """The text of the changed spec; it belongs beside the reference platform's."""
    text = (SPECS / "iot-platform.yaml").read_text()
    for before, after in EDITS.items():
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return text
