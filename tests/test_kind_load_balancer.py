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
