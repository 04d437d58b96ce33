"""The whole main job on the embedded emulator, then telemetry and a command through what was deployed.

Each step is a command that a user would type; this program types it and stops at the first failure.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from compiler.emulator.server import ACCOUNT, EmulatorError, find_python, running

ROOT = Path(__file__).resolve().parent.parent
SPEC = "specs/iot-platform.yaml"
ENVIRONMENT = "synthetic"
REGION = "us-east-1"
DEVICE = "machine-0001"
MESSAGE = {"device_id": DEVICE, "temperature": 21.5}
TRIES, PAUSE_SECONDS = 50, 0.2  # how long a command may take through the queue


def main() -> int:
    started = time.monotonic()
    try:
        with tempfile.TemporaryDirectory() as folder, running(find_python()) as emulator:
            demo = Demo(Path(folder), emulator.endpoint_url)
            demo.build_and_review()
            outputs = demo.deploy()
            demo.send_telemetry(outputs)
            demo.send_command(outputs)
    except (EmulatorError, DemoError) as error:
        print(f"\ndemo: {error}", file=sys.stderr)
        return 1
    print(f"\ndone in {time.monotonic() - started:.0f} s; try `make help` next")
    return 0


class DemoError(Exception):
    """A step did not do what it should; the text says which and why."""


class Demo:
    """The steps, against one emulator; templates go to a temporary folder."""

    def __init__(self, folder: Path, endpoint_url: str) -> None:
        self._out = folder / "templates"
        self._endpoint_url = endpoint_url
        self._environment = os.environ | {
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "emulator",
            "AWS_DEFAULT_REGION": REGION,
        }

    def build_and_review(self) -> None:
        self._formwork("validate", SPEC)
        self._formwork("build", SPEC, "--env", ENVIRONMENT, "--out", str(self._out))
        self._formwork("plan", SPEC, "--env", ENVIRONMENT, "--endpoint-url", self._endpoint_url)

    def deploy(self) -> dict[str, str]:
        """The outputs of all stacks."""
        there = (SPEC, "--env", ENVIRONMENT, "--endpoint-url", self._endpoint_url)
        self._formwork("deploy", *there, "--yes")
        self._formwork("migrate", *there, "--status")
        stacks = json.loads(self._formwork("status", *there, "--format", "json", show=False))["stacks"]
        return {name: value for stack in stacks for name, value in stack["outputs"].items()}

    def send_telemetry(self, outputs: dict[str, str]) -> None:
        """Sends one message through the HTTP API and reads it back from the stream."""
        answer = self._call(outputs, "POST", "/telemetry", MESSAGE)
        print(f"\nPOST /telemetry {json.dumps(MESSAGE)}\n  -> {json.dumps(answer)}")
        record = self._read_record(outputs["TelemetryName"], answer["sequence_number"])
        print(f"in the stream {outputs['TelemetryName']}: {record}")
        if json.loads(record) != MESSAGE:
            raise DemoError("the record in the stream is not the message that was sent")

    def send_command(self, outputs: dict[str, str]) -> None:
        """Puts a command into the queue, and asks the API for the machine's commands until it is there."""
        command = {"device_id": DEVICE, "issued_at": 1, "command": "report"}
        self._aws("sqs").send_message(QueueUrl=outputs["WorkUrl"], MessageBody=json.dumps(command))
        print(f"\ninto the queue {outputs['WorkName']}: {json.dumps(command)}")
        path = f"/devices/{DEVICE}/commands"
        for _ in range(TRIES):
            answer = self._call(outputs, "GET", path)
            if answer["commands"]:
                print(f"GET {path}\n  -> {json.dumps(answer)}")
                return
            time.sleep(PAUSE_SECONDS)
        raise DemoError(f"the command did not come out of GET {path}")

    def _call(
        self, outputs: dict[str, str], method: str, path: str, message: object = None
    ) -> dict[str, Any]:
        # The emulator tells APIs apart by the Host header, as API Gateway does by the host name.
        headers = {
            "Host": f"{outputs['DevicesId']}.execute-api.127.0.0.1",
            "Content-Type": "application/json",
            "Authorization": f"Bearer {self._token(outputs['SigningKeyArn'])}",
        }
        body = json.dumps(message).encode() if message is not None else None
        request = urllib.request.Request(self._endpoint_url + path, body, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                found: dict[str, Any] = json.load(response)
                return found
        except urllib.error.HTTPError as error:
            raise DemoError(f"{method} {path} answered {error.code}: {error.read().decode()}") from error

    def _token(self, secret: str) -> str:
        """What a machine would bring: who it is and until when, signed with the platform's signing key."""
        key = self._aws("secretsmanager").get_secret_value(SecretId=secret)["SecretString"]
        signed = f"{DEVICE}.{int(time.time()) + 60}"
        return f"{signed}.{hmac.new(key.encode(), signed.encode(), hashlib.sha256).hexdigest()}"

    def _read_record(self, stream: str, sequence_number: str) -> str:
        kinesis = self._aws("kinesis")
        for shard in kinesis.list_shards(StreamName=stream)["Shards"]:
            start = kinesis.get_shard_iterator(
                StreamName=stream, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )
            for record in kinesis.get_records(ShardIterator=start["ShardIterator"])["Records"]:
                if record["SequenceNumber"] == sequence_number:
                    return str(record["Data"], "utf-8")
        raise DemoError(f"no record {sequence_number} in the stream {stream}")

    def _aws(self, service: str) -> Any:
        import boto3

        return boto3.client(
            service,
            endpoint_url=self._endpoint_url,
            region_name=REGION,
            aws_access_key_id=ACCOUNT,
            aws_secret_access_key="emulator",
        )

    def _formwork(self, *arguments: str, show: bool = True) -> str:
        if show:
            print(f"\n$ formwork {' '.join(arguments)}", flush=True)
        command = [sys.executable, "-m", "compiler", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self._environment, stdout=None if show else subprocess.PIPE, check=False
        )
        if done.returncode:
            raise DemoError(f"`formwork {arguments[0]}` ended with {done.returncode}")
        return (done.stdout or b"").decode()


if __name__ == "__main__":
    sys.exit(main())
