"""Cache -> its user group: one user who reads, one who writes, and nobody else.

Consumers share the two users. The cache decides what each user may do, and IAM which consumer may be whom.
"""

from __future__ import annotations

from typing import Any

from troposphere import Ref, elasticache

from compiler.kinds.cache.engine import NOTHING, READ_ONLY, READ_WRITE, Engine
from compiler.scope import Scope

# Ids have at most this many characters; suffixes are short, for platform, environment and name are not.
# Source: ElastiCache API reference, "CreateUserGroup", 2026.
LONGEST_ID = 40


def add_users(engine: Engine, scope: Scope) -> elasticache.UserGroup:
    """Adds the users and their group."""
    users = [
        _user("ReadUser", "ro", READ_ONLY, engine, scope),
        _user("WriteUser", "rw", READ_WRITE, engine, scope),
    ]
    if engine == "redis":
        users.append(_nobody(scope))
    return scope.add(
        elasticache.UserGroup(
            scope.id("UserGroup"),
            Engine=engine,
            UserGroupId=scope.physical(limit=LONGEST_ID),
            UserIds=[Ref(user) for user in users],
        )
    )


def _user(part: str, suffix: str, access: str, engine: Engine, scope: Scope) -> Any:
    # IAM lets users in only whose name and id are the same.
    name = scope.physical(suffix, limit=LONGEST_ID)
    return scope.add(
        elasticache.User(
            scope.id(part),
            Engine=engine,
            UserId=name,
            UserName=name,
            AccessString=access,
            AuthenticationMode=elasticache.AuthenticationMode(Type="iam"),
        )
    )


def _nobody(scope: Scope) -> Any:
    """Redis wants a user called `default` in every group: this one is turned off."""
    return scope.add(
        elasticache.User(
            scope.id("DefaultUser"),
            Engine="redis",
            UserId=scope.physical("no", limit=LONGEST_ID),
            UserName="default",
            AccessString=NOTHING,
            AuthenticationMode=elasticache.AuthenticationMode(Type="no-password-required"),
        )
    )
