"""What people look for in HTTP APIs in vain -> what to do instead.

Source: API Gateway developer guide, "Choose between REST APIs and HTTP APIs" and "Quotas for configuring and
running an HTTP API", 2026.
"""

from __future__ import annotations

from collections.abc import Mapping

_FIREWALL = "HTTP APIs take no web ACL; put CloudFront, which does, in front"
_KEYS = "HTTP APIs have no API keys; tell callers apart with `authorizers`, and limit them with `throttle`"
_VALIDATION = "HTTP APIs do not look into requests; validate them in the function or service that answers"
_CACHE = "HTTP APIs keep no answers; put CloudFront in front, or use a cache in the function or service"
_TRACING = "HTTP APIs send no traces to X-Ray; set `tracing` on the functions that answer"
_POLICY = "HTTP APIs have no resource policy; say who may call with `auth` of the routes"
_TEMPLATES = "HTTP APIs do not change bodies; let the target do so; `request` and `response` change headers"
_SIZE = (
    "requests and answers have 10 MB at most, and AWS raises that for nobody; use a bucket for larger ones"
)

ANYWHERE: Mapping[str, str] = {
    "api_key": _KEYS,
    "cache": _CACHE,
    "caching": _CACHE,
    "mapping_template": _TEMPLATES,
    "mapping_templates": _TEMPLATES,
    "max_payload": _SIZE,
    "payload_size": _SIZE,
    "request_validation": _VALIDATION,
    "tracing": _TRACING,
    "validate": _VALIDATION,
    "xray": _TRACING,
}
OF_APIS: Mapping[str, str] = {
    **ANYWHERE,
    "api_keys": _KEYS,
    "firewall": _FIREWALL,
    "policy": _POLICY,
    "resource_policy": _POLICY,
    "usage_plans": _KEYS,
    "waf": _FIREWALL,
    "web_acl": _FIREWALL,
}
OF_ROUTES: Mapping[str, str] = {
    **ANYWHERE,
    "api_key_required": _KEYS,
    "body": _TEMPLATES,
    "template": _TEMPLATES,
}
