"""The task definition: one container, its volumes, its variables and secrets, its log."""

from __future__ import annotations

import re
from typing import Any

from troposphere import Ref, ecs

from compiler.blocks.fargate.beside import beside, image, log, share
from compiler.blocks.fargate.helpers import variables
from compiler.blocks.fargate.roles import add_roles
from compiler.blocks.fargate.sizes import memory
from compiler.blocks.fargate.spec import Container
from compiler.blocks.logs import log_group
from compiler.blocks.workload import Workload
from compiler.scope import Mount, Scope
from compiler.units import BYTES, byte_count, seconds

ARCHITECTURE = {"arm64": "ARM64", "x86_64": "X86_64"}
# Where the agent of interactive sessions writes; AWS does not document it, so only `exec` relies on it.
# Source: github.com/aws/containers-roadmap, issues 1359 and 2824.
EXEC_FOLDERS = ("/managed-agents", "/var/lib/amazon/ssm", "/var/log/amazon/ssm")


def add_task_definition(scope: Scope, gathered: Workload, **container: Any) -> Ref:
    """Adds the task definition with its log group and roles; returns a reference to it.

    `container` is what only the caller's kind knows of the container: its ports, its health check.
    """
    spec = scope.component.spec
    assert isinstance(spec, Container)
    log_group(scope, "Logs")
    execution_role, task_role = add_roles(scope, spec, gathered)
    # On the disk, and so root's: the agent of interactive sessions runs as root.
    folders = EXEC_FOLDERS if spec.exec and spec.readonly_filesystem else ()
    disk = spec.ephemeral_storage
    optional = {
        "EphemeralStorage": disk and ecs.EphemeralStorage(SizeInGiB=-(-byte_count(disk) // BYTES["GiB"])),
        "Volumes": [*(_filesystem(mount) for mount in gathered.mounts), *(_folder(path) for path in folders)],
    }
    title = scope.id("Task")
    scope.add(
        ecs.TaskDefinition(
            title,
            Family=scope.physical(limit=255),
            RequiresCompatibilities=["FARGATE"],
            NetworkMode="awsvpc",
            Cpu=str(spec.cpu),
            Memory=str(memory(spec)),
            RuntimePlatform=ecs.RuntimePlatform(
                CpuArchitecture=ARCHITECTURE[spec.architecture], OperatingSystemFamily="LINUX"
            ),
            ExecutionRoleArn=execution_role,
            TaskRoleArn=task_role,
            ContainerDefinitions=[
                _container(scope, spec, gathered, folders, container),
                *beside(scope, spec),
            ],
            **{key: value for key, value in optional.items() if value},
        )
    )
    return Ref(title)


def _container(
    scope: Scope, spec: Container, gathered: Workload, folders: tuple[str, ...], more: dict[str, Any]
) -> ecs.ContainerDefinition:
    mounts = [
        ecs.MountPoint(SourceVolume=_volume(m.path), ContainerPath=m.path, ReadOnly=m.read_only)
        for m in gathered.mounts
    ]
    mounts += [
        ecs.MountPoint(SourceVolume=_volume(path), ContainerPath=path, ReadOnly=False) for path in folders
    ]
    platform = scope.platform
    traced = variables(spec, scope.physical(limit=255), platform.name, platform.environment.name)
    environment = {**traced, **gathered.environment}
    optional = {
        "Command": spec.command,
        "MountPoints": mounts,
        "Secrets": [ecs.Secret(Name=name, ValueFrom=value) for name, value in gathered.secrets.items()],
        "User": spec.user,
        **share(spec),
        **more,
    }
    return ecs.ContainerDefinition(
        Name=scope.component.name,
        Image=image(spec.image),
        Essential=True,
        Environment=[ecs.Environment(Name=name, Value=value) for name, value in sorted(environment.items())],
        LinuxParameters=_linux(spec),
        LogConfiguration=log(scope, spec),
        ReadonlyRootFilesystem=spec.readonly_filesystem,
        StopTimeout=seconds(spec.stop_timeout),
        **{key: value for key, value in optional.items() if value},
    )


def _linux(spec: Container) -> ecs.LinuxParameters:
    """An init process, and folders in memory: a folder on the disk could be written by root only.

    Source: github.com/aws/containers-roadmap, issue 736 (tmpfs on Fargate, January 2026) and 938.
    """
    size = -(-byte_count(spec.writable_size) // BYTES["MiB"])
    options = ["mode=1777", "nosuid", "nodev"]
    folders = sorted(spec.writable) if spec.readonly_filesystem else []
    mounts = [ecs.Tmpfs(ContainerPath=path, Size=size, MountOptions=options) for path in folders]
    return ecs.LinuxParameters(InitProcessEnabled=True, **({"Tmpfs": mounts} if mounts else {}))


def _volume(path: str) -> str:
    return re.sub("[^A-Za-z0-9_-]", "-", path.strip("/").replace("_", "__").replace("/", "_")) or "root"


def _folder(path: str) -> ecs.Volume:
    return ecs.Volume(Name=_volume(path))


def _filesystem(mount: Mount) -> ecs.Volume:
    """Only through the access point, with IAM and TLS; which root it gives is the access point's to say."""
    return ecs.Volume(
        Name=_volume(mount.path),
        EFSVolumeConfiguration=ecs.EFSVolumeConfiguration(
            FilesystemId=mount.file_system_id,
            TransitEncryption="ENABLED",
            AuthorizationConfig=ecs.AuthorizationConfig(AccessPointId=mount.access_point_id, IAM="ENABLED"),
        ),
    )
