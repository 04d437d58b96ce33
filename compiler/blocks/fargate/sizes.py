"""What Fargate offers."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.blocks.fargate.spec import Container

# CPU units -> the MiB of memory that go with them.
# Source: ECS developer guide, "Fargate task definition differences: task CPU and memory", 2026.
MEMORY: Mapping[int, tuple[int, ...]] = {
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4096 + 1, 1024)),
    1024: tuple(range(2048, 8192 + 1, 1024)),
    2048: tuple(range(4096, 16384 + 1, 1024)),
    4096: tuple(range(8192, 30720 + 1, 1024)),
    8192: tuple(range(16384, 61440 + 1, 4096)),
    16384: tuple(range(32768, 122880 + 1, 8192)),
    32768: (61440, 122880, 249856),
}


def memory(spec: Container) -> int:
    """The MiB of one task."""
    return spec.memory or MEMORY[spec.cpu][0]
