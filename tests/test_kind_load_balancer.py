"""The load balancer: closed unless it is public, encrypted when it is, and on record in production."""

from __future__ import annotations

from typing import Any

import pytest

from tests.specs import HEAD, compiled, problems, resources

ID = "12345678-1234-1234-1234-123456789012"
INTERNAL = "network: {}\nload_balancer: {}\n"
PUBLIC = f"network: {{}}\nload_balancer: {{scheme: internet_facing, certificate: {ID}}}\n"
V2 = "AWS::ElasticLoadBalancingV2::"


def balancer(body: str, environment: str = "dev") -> dict[str, Any]:
    found: dict[str, Any] = resources(compiled(body, environment), f"{V2}LoadBalancer")["LoadBalancer"][
        "Properties"
    ]
    return found


def settings(body: str, environment: str = "dev") -> dict[str, Any]:
    return {pair["Key"]: pair["Value"] for pair in balancer(body, environment)["LoadBalancerAttributes"]}


def listeners(body: str) -> dict[str, dict[str, Any]]:
    found = resources(compiled(body), f"{V2}Listener")
    return {name: listener["Properties"] for name, listener in found.items()}


def open_to_the_world(body: str) -> dict[str, int]:
    rules = resources(compiled(body), "AWS::EC2::SecurityGroupIngress")
    return {
        name: rule["Properties"]["FromPort"]
        for name, rule in rules.items()
        if rule["Properties"].get("CidrIp") == "0.0.0.0/0"
    }


def test_a_service_with_http_brings_an_internal_load_balancer() -> None:
    body = """
    network: {}
    services: {web: {image: {repository: shop/web, tag: "1"}, http: {port: 80}}}
    """
    found = balancer(body)
    assert found["Scheme"] == "internal"
    assert found["Subnets"] == {"Ref": "NetworkPrivateSubnetIds"}
    assert "Name" not in found


def test_an_internal_one_admits_nobody_by_itself() -> None:
    assert open_to_the_world(INTERNAL) == {}
    group = resources(compiled(INTERNAL), "AWS::EC2::SecurityGroup")["LoadBalancerSecurityGroup"]
    assert "SecurityGroupIngress" not in group["Properties"]


def test_a_public_one_admits_everybody_and_sends_them_to_https() -> None:
    assert balancer(PUBLIC)["Scheme"] == "internet-facing"
    assert balancer(PUBLIC)["Subnets"] == {"Ref": "NetworkPublicSubnetIds"}
    ports = {"LoadBalancerFromInternet443Ingress": 443, "LoadBalancerFromInternet80Ingress": 80}
    assert open_to_the_world(PUBLIC) == ports
    redirect = listeners(PUBLIC)["LoadBalancerRedirect"]
    assert (redirect["Port"], redirect["Protocol"]) == (80, "HTTP")
    assert redirect["DefaultActions"] == [
        {
            "Type": "redirect",
            "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"},
        }
    ]


def test_what_no_service_answers_is_not_found() -> None:
    (action,) = listeners(INTERNAL)["LoadBalancerListener"]["DefaultActions"]
    assert action["Type"] == "fixed-response"
    assert action["FixedResponseConfig"]["StatusCode"] == "404"


@pytest.mark.parametrize("written", [ID, f"arn:aws:acm:eu-west-1:111122223333:certificate/{ID}"])
def test_a_certificate_gives_tls_and_is_written_without_account_or_region(written: str) -> None:
    found = listeners(f'network: {{}}\nload_balancer: {{certificate: "{written}"}}\n')
    assert list(found) == ["LoadBalancerListener"]
    listener = found["LoadBalancerListener"]
    arn = "arn:${AWS::Partition}:acm:${AWS::Region}:${AWS::AccountId}:certificate/" + ID
    assert listener["Certificates"] == [{"CertificateArn": {"Fn::Sub": arn}}]
    assert (listener["Port"], listener["Protocol"]) == (443, "HTTPS")
    assert listener["SslPolicy"].startswith("ELBSecurityPolicy-TLS13-")


def test_production_is_protected_and_on_record() -> None:
    safe = {
        "routing.http.drop_invalid_header_fields.enabled": "true",
        "routing.http.desync_mitigation_mode": "defensive",
        "idle_timeout.timeout_seconds": "60",
    }
    off = {"access_logs.s3.enabled": "false", "deletion_protection.enabled": "false"}
    assert settings(INTERNAL, "dev") == safe | off
    on = {
        "access_logs.s3.enabled": "true",
        "access_logs.s3.bucket": {"Ref": "LoadBalancerAccessLogBucket"},
        "deletion_protection.enabled": "true",
    }
    assert settings(INTERNAL, "production") == safe | on


def test_access_logs_are_in_a_closed_bucket_of_the_foundation() -> None:
    stack = compiled(INTERNAL, "production").stack("shop-production-foundation")
    bucket = stack.template["Resources"]["LoadBalancerAccessLogs"]
    assert bucket["DeletionPolicy"] == "RetainExceptOnCreate"
    (rule,) = bucket["Properties"]["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule == {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    assert set(bucket["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
    (expiry,) = bucket["Properties"]["LifecycleConfiguration"]["Rules"]
    assert expiry["ExpirationInDays"] == 90


def test_only_elastic_load_balancing_writes_to_it_and_only_over_tls() -> None:
    stack = compiled(INTERNAL, "production").stack("shop-production-foundation")
    policy = stack.template["Resources"]["LoadBalancerAccessLogsPolicy"]["Properties"]["PolicyDocument"]
    write, tls = policy["Statement"]
    assert write["Principal"] == {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
    assert write["Action"] == ["s3:PutObject"]
    assert write["Resource"] == [{"Fn::Sub": "${LoadBalancerAccessLogs.Arn}/AWSLogs/${AWS::AccountId}/*"}]
    assert (tls["Effect"], tls["Principal"]) == ("Deny", "*")
    assert tls["Condition"] == {"Bool": {"aws:SecureTransport": False}}


def test_it_is_watched_for_errors_and_refusals() -> None:
    alarms = resources(compiled(INTERNAL), "AWS::CloudWatch::Alarm")
    errors = alarms["LoadBalancerElb5xxAlarm"]["Properties"]
    assert (errors["MetricName"], errors["Threshold"]) == ("HTTPCode_ELB_5XX_Count", 5)
    assert errors["Dimensions"] == [{"Name": "LoadBalancer", "Value": {"Ref": "LoadBalancerFullName"}}]
    refusals = alarms["LoadBalancerRejectedConnectionsAlarm"]["Properties"]
    assert (refusals["MetricName"], refusals["Threshold"]) == ("RejectedConnectionCount", 0)


def test_people_are_not_served_unencrypted_by_accident() -> None:
    assert problems("network: {}\nload_balancer: {scheme: internet_facing}\n") == [
        "spec.yaml:8:17 E210 an internet_facing load balancer without a certificate carries everything "
        "unencrypted; add a 'certificate', or accept it with 'insecure_http: true'"
    ]
    accepted = "network: {}\nload_balancer: {scheme: internet_facing, insecure_http: true}\n"
    assert problems(accepted) == []
    assert open_to_the_world(accepted) == {"LoadBalancerFromInternet80Ingress": 80}


def test_insecure_http_is_refused_where_it_means_nothing() -> None:
    assert problems("network: {}\nload_balancer: {insecure_http: true}\n") == [
        "spec.yaml:8:17 E210 'insecure_http' means nothing here: it is internal; remove 'insecure_http'"
    ]
    (both,) = problems(
        PUBLIC.replace("}\n", "}\n").replace("certificate:", "insecure_http: true, certificate:")
    )
    assert both.endswith(
        "E210 'insecure_http' means nothing here: it has a certificate; remove 'insecure_http'"
    )


def test_a_certificate_of_another_region_or_account_is_refused() -> None:
    arn = f"arn:aws:acm:us-east-1:111122223333:certificate/{ID}"
    head = HEAD.replace("{profile: production}", '{profile: production, account: "444455556666"}')
    assert problems(f'network: {{}}\nload_balancer: {{certificate: "{arn}"}}\n', head) == [
        "spec.yaml:8:17 E210 the certificate is of the account 111122223333, the load balancer of "
        "444455556666; name one of 444455556666",
        "spec.yaml:8:17 E210 the certificate is of the region us-east-1, the load balancer of eu-west-1; "
        "name one of eu-west-1",
    ]


def test_it_needs_a_network() -> None:
    (line,) = problems("load_balancer: {}\n")
    assert line.endswith("E207 'load_balancer' (load_balancer) needs a network; add a 'network:' section")


@pytest.mark.parametrize(
    ("retention", "message"),
    [
        ("36h", "E105 36h is not whole days; write 1d or 2d"),
        ("4000d", "E106 load_balancer.access_log_retention must be from 1d to 3650d, not 4000d"),
    ],
)
def test_access_logs_are_kept_for_whole_days_and_not_for_ever(retention: str, message: str) -> None:
    (found,) = problems(f"network: {{}}\nload_balancer: {{access_log_retention: {retention}}}\n")
    assert found.split(" ", 1)[1] == message


OTHER = "87654321-4321-4321-4321-210987654321"
ACL = "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/company/" + ID


def with_waf(waf: str, more: str = "") -> str:
    return PUBLIC.removesuffix("}\n") + f", domain: shop.example.com, waf: {waf}}}\n" + more


def web_acl(waf: str, more: str = "") -> dict[str, Any]:
    (found,) = resources(compiled(with_waf(waf, more)), "AWS::WAFv2::WebACL").values()
    properties: dict[str, Any] = found["Properties"]
    return properties


def rule_actions(waf: str, more: str = "") -> dict[str, str]:
    return {
        rule["Name"]: next(iter(rule.get("Action") or rule["OverrideAction"]))
        for rule in web_acl(waf, more)["Rules"]
    }


def test_further_certificates_are_resources_of_their_own() -> None:
    body = PUBLIC.replace("certificate:", f"certificates: [{OTHER}], certificate:")
    (further,) = resources(compiled(body), f"{V2}ListenerCertificate").items()
    assert further[0] == "LoadBalancerCertificate" + OTHER.replace("-", "")
    assert further[1]["Properties"]["ListenerArn"] == {"Ref": "LoadBalancerListener"}
    (arn,) = further[1]["Properties"]["Certificates"]
    assert arn["CertificateArn"]["Fn::Sub"].endswith(f"${{AWS::AccountId}}:certificate/{OTHER}")


def test_tls_is_spoken_as_the_policy_says() -> None:
    policy = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
    body = PUBLIC.replace("certificate:", f"tls_policy: {policy}, certificate:")
    assert listeners(body)["LoadBalancerListener"]["SslPolicy"] == policy


def test_what_only_tls_has_needs_a_certificate() -> None:
    policy = "ELBSecurityPolicy-TLS13-1-3-2021-06"
    assert problems(f"network: {{}}\nload_balancer: {{certificates: [{OTHER}], tls_policy: {policy}}}\n") == [
        "spec.yaml:8:17 E210 'certificates' come beside the first one; write one of them as 'certificate'",
        f"spec.yaml:8:{len(OTHER) + 35} E210 'tls_policy' means nothing without a 'certificate'; add one, "
        "or remove 'tls_policy'",
    ]


def test_without_a_word_there_is_no_firewall() -> None:
    assert resources(compiled(PUBLIC, "production"), "AWS::WAFv2::WebACL") == {}
    assert resources(compiled(PUBLIC, "production"), "AWS::WAFv2::WebACLAssociation") == {}


def test_a_firewall_limits_each_address_and_asks_the_groups_of_aws() -> None:
    rules = web_acl("true")["Rules"]
    assert [(rule["Priority"], rule["Name"]) for rule in rules] == [
        (0, "rate-limit"),
        (1, "ip-reputation"),
        (2, "common"),
        (3, "known-bad-inputs"),
    ]
    limit = rules[0]["Statement"]["RateBasedStatement"]
    assert limit == {"Limit": 2000, "AggregateKeyType": "IP", "EvaluationWindowSec": 300}
    assert rules[0]["Action"] == {"Block": {}}
    group = rules[2]["Statement"]["ManagedRuleGroupStatement"]
    assert group == {"VendorName": "AWS", "Name": "AWSManagedRulesCommonRuleSet"}
    assert rules[2]["OverrideAction"] == {"None": {}}


def test_the_firewall_is_in_front_of_the_load_balancer() -> None:
    (found,) = resources(compiled(with_waf("true")), "AWS::WAFv2::WebACLAssociation").values()
    assert found["Properties"] == {
        "ResourceArn": {"Ref": "LoadBalancer"},
        "WebACLArn": {"Fn::GetAtt": ["LoadBalancerWebAcl", "Arn"]},
    }


def test_a_firewall_on_trial_blocks_nothing() -> None:
    assert set(rule_actions("{mode: count}").values()) == {"Count"}
    assert "LoadBalancerBlockedRequestsAlarm" not in resources(
        compiled(with_waf("{mode: count}")), "AWS::CloudWatch::Alarm"
    )


def test_single_rules_of_a_group_can_be_left_to_count() -> None:
    rules = web_acl("{only_count: {common: [SizeRestrictions_BODY]}}")["Rules"]
    group = rules[2]["Statement"]["ManagedRuleGroupStatement"]
    assert group["RuleActionOverrides"] == [{"Name": "SizeRestrictions_BODY", "ActionToUse": {"Count": {}}}]


def test_its_log_holds_what_was_stopped_and_no_secrets() -> None:
    assembly = compiled(with_waf("true"))
    (log,) = resources(assembly, "AWS::WAFv2::LoggingConfiguration").values()
    group = resources(assembly, "AWS::Logs::LogGroup")["LoadBalancerWebAclLogs"]["Properties"]
    assert group["LogGroupName"].startswith("aws-waf-logs-shop-dev-")
    (statement,) = group["ResourcePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "delivery.logs.amazonaws.com"}
    (destination,) = log["Properties"]["LogDestinationConfigs"]
    assert destination["Fn::Sub"].endswith(f":log-group:{group['LogGroupName']}")
    headers = [field["SingleHeader"]["Name"] for field in log["Properties"]["RedactedFields"]]
    assert headers == ["authorization", "cookie"]
    assert log["Properties"]["LoggingFilter"]["DefaultBehavior"] == "DROP"
    (everything,) = resources(compiled(with_waf("{logs: all}")), "AWS::WAFv2::LoggingConfiguration").values()
    assert "LoggingFilter" not in everything["Properties"]
    assert resources(compiled(with_waf("{logs: none}")), "AWS::WAFv2::LoggingConfiguration") == {}


def test_many_blocked_requests_ring() -> None:
    assembly = compiled(with_waf("true"))
    alarm = resources(assembly, "AWS::CloudWatch::Alarm")["LoadBalancerBlockedRequestsAlarm"]["Properties"]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/WAFV2", "BlockedRequests")
    dimensions = {pair["Name"]: pair["Value"] for pair in alarm["Dimensions"]}
    assert dimensions == {
        "Region": {"Ref": "LoadBalancerRegion"},
        "Rule": "ALL",
        "WebACL": web_acl("true")["VisibilityConfig"]["MetricName"],
    }


def test_a_web_acl_that_is_there_is_used_as_it_is() -> None:
    assembly = compiled(with_waf(f"{{web_acl: '{ACL}'}}"))
    assert resources(assembly, "AWS::WAFv2::WebACL") == {}
    (found,) = resources(assembly, "AWS::WAFv2::WebACLAssociation").values()
    own = "arn:${AWS::Partition}:wafv2:${AWS::Region}:${AWS::AccountId}:regional/webacl/company/" + ID
    assert found["Properties"]["WebACLArn"] == {"Fn::Sub": own}
    (line,) = problems(with_waf(f"{{web_acl: '{ACL}', rate_limit: 100}}"))
    assert line.endswith(
        "a 'web_acl' that is there already is used as it is; remove the other keys, or 'web_acl'"
    )
    (line,) = problems(with_waf(f"{{web_acl: '{ACL.replace('eu-west-1', 'us-east-1')}'}}"))
    assert line.endswith(
        "the web ACL is of the region us-east-1, the load balancer of eu-west-1; name one of eu-west-1"
    )


def test_rules_of_a_group_that_is_not_asked_are_told() -> None:
    (line,) = problems(with_waf("{managed_rules: [common], only_count: {php: [X]}}"))
    assert line.endswith(
        "E210 'php' is not in 'managed_rules', which has common; add it there, or remove it here"
    )


ROUTED = """
services: {web: {image: {repository: shop/web, tag: "1"}, http: {port: 80}}}
apis: {shop: {routes: {"GET /": {to: web, auth: none}}}}
"""


def test_requests_of_an_api_are_not_limited_by_the_addresses_of_its_link() -> None:
    assert "rate-limit" in rule_actions("true")
    assert "rate-limit" not in rule_actions("true", ROUTED)
    (line,) = problems(with_waf("{rate_limit: 100}", ROUTED))
    assert "E210 all requests of the API 'shop' come from the few addresses of its VPC link" in line


def test_an_internal_load_balancer_limits_only_when_told() -> None:
    body = "network: {}\nload_balancer: {waf: %s}\n"
    (found,) = resources(compiled(body % "true"), "AWS::WAFv2::WebACL").values()
    assert "rate-limit" not in [rule["Name"] for rule in found["Properties"]["Rules"]]
    (found,) = resources(compiled(body % "{rate_limit: 100}"), "AWS::WAFv2::WebACL").values()
    assert found["Properties"]["Rules"][0]["Name"] == "rate-limit"
