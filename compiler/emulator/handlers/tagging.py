"""What `tag:GetResources` of the emulator leaves out, and AWS lists: log groups and secrets."""

from collections.abc import Iterator

Tagged = tuple[str, list[dict[str, str]]]


def install() -> None:
    """Add the collectors to the emulator's own."""
    from ministack.services import tagging

    tagging._COLLECTORS["logs"] = _log_groups
    tagging._COLLECTORS["secretsmanager"] = tagging._collect_secretsmanager


def _log_groups() -> Iterator[Tagged]:
    """Source: the ARNs of log groups in the service authorization reference of CloudWatch Logs, 2026-11."""
    from ministack.services import cloudwatch_logs

    for group in cloudwatch_logs._log_groups.values():
        tags = [{"Key": key, "Value": value} for key, value in group["tags"].items()]
        yield group["arn"].removesuffix(":*"), tags
