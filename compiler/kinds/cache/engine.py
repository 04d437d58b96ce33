"""What ElastiCache offers and asks for, as data."""

from __future__ import annotations

from typing import Literal

Engine = Literal["valkey", "redis"]
PORT, SERVERLESS_READER_PORT = 6379, 6380
# Of a cache with shards. Source: ElastiCache user guide, "Quotas", 2026; 90 without asking for more.
MOST_NODES = 500

# The versions that new caches may have; IAM users need these or later ones. The first is the default.
# Source: cfn-lint 1.58.0 (2026-10-20), cache engine versions; ElastiCache user guide, "Authenticating with
# IAM", 2026.
VERSIONS: dict[Engine, tuple[str, ...]] = {
    "valkey": ("8.2", "7.2", "8.0", "8.1", "9.0", "9.1"),
    "redis": ("7.1", "7.0"),
}

# Node types of the current generations, without those that tier data to disk.
# Source: cfn-lint 1.58.0 (2026-10-20), cache node types.
_BURSTABLE = ("micro", "small", "medium")
_INTEL = ("large", "xlarge", "2xlarge", "4xlarge", "12xlarge", "24xlarge")
_GRAVITON = ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge")
_SIZES = {
    **dict.fromkeys(("t3", "t4g"), _BURSTABLE),
    **dict.fromkeys(("m5", "r5"), _INTEL),
    **dict.fromkeys(("m6g", "m7g", "m8g", "r6g", "r7g", "r8g", "c7gn", "c8gn"), _GRAVITON),
}
NODE_TYPES = tuple(f"cache.{family}.{size}" for family, sizes in _SIZES.items() for size in sizes)

# What a user may do. A reader sees all keys, but neither writes nor lists nor empties them; INFO and the
# layout of the cluster are what clients ask for when they connect. Nobody but AWS administers the cache.
# Source: ElastiCache user guide, "Specifying permissions using an access string", 2026.
_LAYOUT = "+info +cluster|info +cluster|nodes +cluster|shards +cluster|slots"
READ_ONLY = f"on ~* -@all +@read +@connection -@dangerous {_LAYOUT}"
READ_WRITE = "on ~* &* +@all -@dangerous +info"
NOTHING = "off -@all"


def major(version: str) -> str:
    """`8.2` -> `8`."""
    return version.split(".")[0]


def family(engine: Engine, version: str) -> str:
    """The parameter group family of a version."""
    return f"{engine}{major(version)}"


def is_small(node_type: str) -> bool:
    """Whether a node has two processors only, so that the engine shares them with everything else on it."""
    return node_type.endswith((".large", *(f".{size}" for size in _BURSTABLE)))
