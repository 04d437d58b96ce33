"""Database clusters of PostgreSQL with a real server behind each; its data lies with the emulator's state.

Whoever runs on this machine may log in as any user with any password, a token of IAM included.
"""

import os
import shutil
import threading
from pathlib import Path
from typing import Any

import postgres
from handlers import attributes as pretended
from handlers.calls import Handler, Properties

Key = tuple[str, str, str]  # account, region, identifier

_ENGINES = ("aurora-postgresql",)
_running: dict[Key, postgres.Server] = {}
_lock = threading.Lock()


def attributes(cluster_id: str, found: dict[str, Any], properties: Properties) -> dict[str, Any]:
    """Where the cluster's server listens; it is started at the first need."""
    from ministack.core.responses import get_account_id, get_region
    from ministack.services import rds

    if properties.get("Engine") not in _ENGINES:
        return pretended.lasting_endpoints(cluster_id, found, properties)
    _forget_the_gone()
    cluster = rds._clusters[cluster_id]
    server = _started((get_account_id(), get_region(), cluster_id), cluster)
    if name := properties.get("DatabaseName"):
        server.create_database(name)
    # Secrets that are attached to the cluster, and whoever describes it, must find it there too.
    cluster.update(Endpoint=postgres.HOST, ReaderEndpoint=postgres.HOST, Port=server.port)
    return {
        "Endpoint.Address": postgres.HOST,
        "ReadEndpoint.Address": postgres.HOST,
        "Endpoint.Port": str(server.port),
    }


def with_server(entry: Handler) -> Handler:
    """The cluster's entry, whose delete takes server and data along."""
    remove = entry["delete"]

    def delete(cluster_id: str, properties: Properties, logical_id: str | None = None) -> None:
        remove(cluster_id, properties, logical_id)
        _forget_the_gone()

    return {**entry, "delete": delete}


def restore() -> None:
    """Starts the servers of all clusters that were there when the state was written, on the same ports.

    PostgresError when a port is taken: it is in the outputs of stacks and in functions by now.
    """
    for key, cluster in _clusters().items():
        if cluster.get("PostgresPort"):
            _started(key, cluster)


def stop_all() -> None:
    """Ends every server; the data stays."""
    with _lock:
        while _running:
            _running.popitem()[1].stop()


def _started(key: Key, cluster: dict[str, Any]) -> postgres.Server:
    with _lock:
        if key not in _running:
            server = postgres.start(_folder(key), cluster["MasterUsername"], cluster.get("PostgresPort"))
            cluster["PostgresPort"] = server.port
            _running[key] = server
        return _running[key]


def _forget_the_gone() -> None:
    """Ends the servers whose cluster was deleted or replaced, and deletes their data."""
    known = _clusters()
    with _lock:
        for key in [key for key in _running if key not in known]:
            _running.pop(key).stop()
            shutil.rmtree(_folder(key), ignore_errors=True)


def _clusters() -> dict[Key, dict[str, Any]]:
    from ministack.services import rds

    return dict(rds._clusters._data)


def _folder(key: Key) -> Path:
    return Path(os.environ["STATE_DIR"]).parent / "databases" / "-".join(key)
