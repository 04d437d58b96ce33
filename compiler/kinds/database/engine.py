"""What Aurora PostgreSQL is and allows, as data."""

from __future__ import annotations

from typing import Literal

Engine = Literal["aurora-postgresql"]
PORT = 5432

# The versions in standard support, which new clusters may have.
# Source: cfn-lint 1.58.0 (2026-10-20), rules E3690 and W3690, without majors that need extended support, and
# without 14.6, which cannot pause.
Version = Literal[
    "14.17", "14.18", "14.19", "14.20", "14.22", "14.23", "14.24",
    "15.10", "15.12", "15.13", "15.14", "15.15", "15.17", "15.18", "15.19",
    "16.8", "16.9", "16.10", "16.11", "16.13", "16.14", "16.15",
    "17.4", "17.5", "17.6", "17.7", "17.9", "17.10", "17.11",
    "18.3", "18.4", "18.6",
]  # fmt: skip

# The last day of standard support, after which RDS upgrades a major version by itself and makes no new
# cluster of it. Later ones have no date yet.
# Source: "Release calendar for major versions" of Aurora PostgreSQL and of RDS for PostgreSQL, as of AS_OF.
AS_OF = "2026-11-23"
STANDARD_SUPPORT_ENDS = {14: "2027-02-28", 15: "2028-02-29", 16: "2029-02-28", 17: "2030-02-28"}

# Names that RDS keeps from databases: its own, and those that PostgreSQL reserves.
# Source: RDS user guide, "Naming constraints"; PostgreSQL 17, appendix C, words marked reserved.
_RESERVED = """
    admin db postgres rdsadmin template0 template1
    all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create
    current_catalog current_date current_role current_time current_timestamp current_user default deferrable
    desc distinct do else end except false fetch for foreign from grant group having in initially intersect
    into lateral leading limit localtime localtimestamp not null offset on only or order placing primary
    references returning select session_user some symmetric system_user table then to trailing true union
    unique user using variadic when where window with
"""
RESERVED = frozenset(_RESERVED.split())

# Connections follow the memory at the most capacity, 2 GiB a unit, less what the engine takes for itself.
# The guide's table: 189 at 1 ACU, 823 at 4, 1669 at 8, 3360 at 16, 5000 from 32 on, on one line up to there.
# Source: Aurora user guide, "Maximum connections for Aurora Serverless v2", 2026.
CONNECTIONS_BY_ACU, CONNECTIONS_TAKEN, MOST_CONNECTIONS = 211.4, 22, 5000
# With so little at least, there are never more than that. Same source.
LITTLE_ACU, MOST_WITH_LITTLE_ACU = 0.5, 2000


def family(version: str) -> str:
    """The parameter group family of a version."""
    return f"aurora-postgresql{major(version)}"


def major(version: str) -> int:
    """`16.11` -> 16."""
    return int(version.split(".")[0])


def max_connections(least: float, most: float) -> int:
    """How many connections an instance takes that may have from `least` to `most` ACU."""
    found = min(int(most * CONNECTIONS_BY_ACU - CONNECTIONS_TAKEN), MOST_CONNECTIONS)
    return min(found, MOST_WITH_LITTLE_ACU) if least <= LITTLE_ACU else found
