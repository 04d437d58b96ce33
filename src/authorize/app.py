"""Lets machines in: a token is `<device_id>.<expiry>.<signature>`, signed with the platform's signing key."""

import hashlib
import hmac
import os
import time

import boto3

KEPT_SECONDS = 300  # how long a key is used before Secrets Manager is asked again

secrets = boto3.client("secretsmanager")
_kept = {"keys": [], "until": 0.0}


def handler(event, context):
    """Answers in the simple form of payload 2.0; the context tells the target which device calls."""
    token = (event.get("headers") or {}).get("authorization", "").removeprefix("Bearer ")
    device = _device_of(token, time.time())
    return {"isAuthorized": bool(device), "context": {"device_id": device or ""}}


def _device_of(token, now):
    """The device that a valid token names; None for any other token."""
    device, _, rest = token.partition(".")
    expiry, _, signature = rest.partition(".")
    if not (device and expiry.isascii() and expiry.isdigit()) or int(expiry) < now:
        return None
    signed = f"{device}.{expiry}".encode()
    return device if any(_signs(key, signed, signature) for key in _keys(now)) else None


def _signs(key, signed, signature):
    expected = hmac.new(key.encode(), signed, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, signature)


def _keys(now):
    """The current key, and the one before it: tokens outlive a rotation."""
    if now >= _kept["until"]:
        found = [_value(stage) for stage in ("AWSCURRENT", "AWSPREVIOUS")]
        _kept.update(keys=[key for key in found if key], until=now + KEPT_SECONDS)
    return _kept["keys"]


def _value(stage):
    try:
        answer = secrets.get_secret_value(SecretId=os.environ["SIGNING_KEY_SECRET_ARN"], VersionStage=stage)
    except secrets.exceptions.ResourceNotFoundException:
        return None
    return answer["SecretString"]
