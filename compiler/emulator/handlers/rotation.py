"""RotateSecret as AWS has it: an empty pending version, and four calls of the secret's function."""

import importlib
import json
import sys
import threading
import time
import uuid
from typing import Any

from handlers.calls import client

_STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
_SERVICE = "ministack.services.secretsmanager"


def install() -> None:
    """Rotate by the function of a secret that has one; ministack's own makes a copy of the current value."""
    service = importlib.import_module(_SERVICE)
    copy = service._rotate_secret

    def rotate(request: dict[str, Any]) -> Any:
        _, secret = service._resolve(request.get("SecretId"))
        function = secret and (request.get("RotationLambdaARN") or secret.get("RotationLambdaARN"))
        if not function or secret.get("DeletedDate") or service._is_replica(secret):
            return copy(request)
        return service.json_response(_rotate(secret, function, request))

    service._rotate_secret = rotate


def _rotate(secret: dict[str, Any], function: str, request: dict[str, Any]) -> dict[str, Any]:
    token = request.get("ClientRequestToken") or str(uuid.uuid4())
    rules = request.get("RotationRules") or secret.get("RotationRules")
    secret.update(RotationLambdaARN=function, RotationRules=rules, RotationEnabled=True)
    answer = {"ARN": secret["ARN"], "Name": secret["Name"]}
    if request.get("RotateImmediately") is False:
        return answer
    for version in secret["Versions"].values():
        version["Stages"] = [label for label in version["Stages"] if label != "AWSPENDING"]
    secret["Versions"][token] = {
        "SecretString": None,
        "SecretBinary": None,
        "CreatedDate": int(time.time()),
        "Stages": ["AWSPENDING"],
    }
    # The client belongs to the account of this request, which other threads do not know.
    work = (client("lambda"), function, secret["ARN"], token)
    threading.Thread(target=_take_steps, args=work, daemon=True).start()
    return answer | {"VersionId": token}


def _take_steps(functions: Any, function: str, secret: str, token: str) -> None:
    """Until one fails: the version stays pending then, as it does on AWS."""
    for step in _STEPS:
        event = {"Step": step, "SecretId": secret, "ClientRequestToken": token}
        try:
            answer = functions.invoke(FunctionName=function, Payload=json.dumps(event))
        except Exception as error:
            problem: Any = error
        else:
            problem = answer.get("FunctionError") and answer["Payload"].read().decode(errors="replace")
        if problem:
            sys.stdout.write(f"rotation of {secret} failed at {step}: {problem}\n")
            sys.stdout.flush()
            return
