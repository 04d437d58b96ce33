"""What of a month's use of a cluster its price depends on."""

from __future__ import annotations

from typing import Annotated

from compiler.kind import Usage, about
from compiler.usage import MOST


class ClusterUsage(Usage):
    """How much Container Insights sees."""

    observed_metrics: (
        Annotated[
            float,
            about(
                "Metrics that Container Insights makes of cluster, services, tasks and containers.",
                examples=[120],
                ge=0,
                le=MOST,
            ),
        ]
        | None
    ) = None
