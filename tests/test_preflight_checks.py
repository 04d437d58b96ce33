"""Every check but the quotas', each finding something and finding nothing. Answers are made by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from compiler.deploy.records import LiveStack
from compiler.preflight.site import Site
from tests.aws_answers import ACCOUNT, DENIED, Answers, refusal
from tests.sites import NOW, a_site, deployed, found, told

CERTIFICATE = "12345678-1234-1234-1234-123456789012"
API = f"""\
functions: {{hello: {{runtime: python3.13, handler: app.handler, code: src}}}}
apis:
  front:
    domain: {{name: api.example.com, certificate: {CERTIFICATE}, hosted_zone: Z0123456789ABCDEFGHIJ}}
    routes: {{"GET /": {{to: hello}}}}
"""
DATABASE = "network: {availability_zones: 2}\ndatabases: {people: {version: '17.9'}}\n"
CACHE = "network: {}\ncaches: {state: {engine: valkey, version: '8.2', node_type: cache.t4g.small}}\n"
SERVICE = """\
network: {}
services: {web: {image: {repository: shop/web, tag: "1.0"}, cpu: 256, memory: 512}}
"""


def zones(*letters: str) -> dict[str, Any]:
    return {
        "AvailabilityZones": [
            {"ZoneName": f"eu-west-1{letter}", "ZoneId": f"euw1-az{number}", "State": "available"}
            for number, letter in enumerate(letters, 1)
        ]
    }


def missing_role(given: Mapping[str, Any]) -> dict[str, Any]:
    if given["RoleName"] == "AWSServiceRoleForECS":
        return refusal("NoSuchEntity", http=404)
    role = {
        "Path": "/",
        "RoleName": given["RoleName"],
        "RoleId": "AROA1234567890123456",
        "Arn": "arn:aws:iam::111122223333:role/aws-service-role/x",
        "CreateDate": NOW,
    }
    return {"Role": role}


def test_a_missing_service_linked_role_is_told_and_is_an_error_where_nobody_may_make_it() -> None:
    site = a_site(SERVICE, Answers().say("iam.GetRole", missing_role))
    assert told(site, "P011") == [
        "info AWSServiceRoleForECS will be made by its first use; "
        "that needs iam:CreateServiceLinkedRole for ecs.amazonaws.com"
    ]
    (finding,) = found(replace(site, may_create_roles=False), "P011")
    assert finding.severity == "error"
    assert finding.advice.endswith("aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com")
    assert finding.region == ""


def engine(status: str = "available") -> Answers:
    offer = {"Engine": "aurora-postgresql", "EngineVersion": "17.9", "Status": status}
    answers = Answers().say("ec2.DescribeAvailabilityZones", zones("a", "b"))
    answers.say("rds.DescribeDBEngineVersions", {"DBEngineVersions": [offer]})
    answers.say("rds.DescribeDBMajorEngineVersions", {"DBMajorEngineVersions": []})
    return answers.say("rds.DescribeOrderableDBInstanceOptions", orderable("a", "b"))


def orderable(*letters: str) -> dict[str, Any]:
    named = [{"Name": f"eu-west-1{letter}"} for letter in letters]
    return {"OrderableDBInstanceOptions": [{"DBInstanceClass": "db.serverless", "AvailabilityZones": named}]}


def test_an_engine_that_is_offered_everywhere_is_not_told() -> None:
    assert told(a_site(DATABASE, engine()), "P021") == []


def test_an_engine_version_that_is_not_offered_names_those_that_are() -> None:
    def versions(given: Mapping[str, Any]) -> dict[str, Any]:
        offered = [] if "EngineVersion" in given else [{"EngineVersion": "17.8"}, {"EngineVersion": "16.1"}]
        return {"DBEngineVersions": offered}

    answers = engine().say("rds.DescribeDBEngineVersions", versions)
    assert told(a_site(DATABASE, answers), "P021") == [
        "error aurora-postgresql 17.9 is not offered in eu-west-1; offered of it: 17.8"
    ]


def test_a_major_version_alone_stands_for_any_of_its_minor_ones() -> None:
    def versions(given: Mapping[str, Any]) -> dict[str, Any]:
        return {"DBEngineVersions": [] if "EngineVersion" in given else [{"EngineVersion": "17.8"}]}

    raw = 'Properties: {Engine: aurora-postgresql, EngineVersion: "17"}'
    spec = f'resources:\n  Old: {{Type: "AWS::RDS::DBCluster", {raw}}}\n'
    answers = engine().say("rds.DescribeDBEngineVersions", versions)
    assert told(a_site(spec, answers), "P021") == []


def test_a_deprecated_engine_version_is_an_error_for_a_new_cluster_only() -> None:
    site = a_site(DATABASE, engine("deprecated"))
    message = "aurora-postgresql 17.9 is deprecated: no new cluster can be made with it"
    assert told(site, "P021") == [f"error {message}"]
    assert told(deployed(site), "P021") == [f"warning {message}"]


@pytest.mark.parametrize(("days", "word"), [(10, "ends"), (-10, "has ended"), (400, "")])
def test_the_end_of_standard_support_is_told_half_a_year_before(days: int, word: str) -> None:
    end = NOW + timedelta(days=days)
    span = {
        "LifecycleSupportName": "open-source-rds-standard-support",
        "LifecycleSupportStartDate": NOW,
        "LifecycleSupportEndDate": end,
    }
    major = {"Engine": "aurora-postgresql", "MajorEngineVersion": "17", "SupportedEngineLifecycles": [span]}
    answers = engine().say("rds.DescribeDBMajorEngineVersions", {"DBMajorEngineVersions": [major]})
    shown = told(a_site(DATABASE, answers), "P021")
    assert [f"support of aurora-postgresql 17 {word} on {end:%Y-%m-%d}" in line for line in shown] == (
        [True] if word else []
    )
    assert [line.startswith("error") for line in shown] == ([days < 0] if word else [])


def test_a_class_must_be_offered_in_the_zones_of_the_network() -> None:
    only_b = engine().say("rds.DescribeOrderableDBInstanceOptions", orderable("b"))
    assert told(a_site(DATABASE, only_b), "P021") == [
        "warning db.serverless is not offered in eu-west-1a, which the network uses"
    ]
    nowhere = engine().say("rds.DescribeOrderableDBInstanceOptions", {"OrderableDBInstanceOptions": []})
    assert told(a_site(DATABASE, nowhere), "P021") == [
        "error db.serverless is not offered for aurora-postgresql 17.9 in eu-west-1"
    ]


def test_cache_engines_and_node_types_must_be_offered() -> None:
    fine = Answers().say(
        "elasticache.DescribeCacheEngineVersions", {"CacheEngineVersions": [{"EngineVersion": "8.2.1"}]}
    )
    offer = {"CacheNodeType": "cache.t4g.small"}
    fine.say("elasticache.DescribeReservedCacheNodesOfferings", {"ReservedCacheNodesOfferings": [offer]})
    assert told(a_site(CACHE, fine), "P022") == []
    wrong = Answers().say(
        "elasticache.DescribeCacheEngineVersions", {"CacheEngineVersions": [{"EngineVersion": "8.1"}]}
    )
    wrong.say("elasticache.DescribeReservedCacheNodesOfferings", {"ReservedCacheNodesOfferings": []})
    assert told(a_site(CACHE, wrong), "P022") == [
        "error valkey 8.2 is not offered in eu-west-1; offered: 8.1",
        "warning cache.t4g.small cannot be reserved in eu-west-1, so it is likely not offered",
    ]


def test_an_image_is_looked_for_by_its_tag() -> None:
    answers = Answers().say("ecr.DescribeImages", {"imageDetails": [{"imageTags": ["1.0"]}]})
    assert told(a_site(SERVICE, answers), "P031") == []
    asked = dict(answers.asked)["ecr.DescribeImages"]
    assert asked == {"repositoryName": "shop/web", "imageIds": [{"imageTag": "1.0"}]}


def test_a_missing_image_and_a_missing_repository_are_two_things() -> None:
    answers = Answers().say("ecr.DescribeImages", refusal("ImageNotFoundException"))
    answers.say("ecr.DescribeRepositories", {"repositories": [{"repositoryName": "shop/web"}]})
    assert told(a_site(SERVICE, answers), "P031") == ["error repository 'shop/web' has no image '1.0'"]
    answers = Answers().say("ecr.DescribeImages", refusal("RepositoryNotFoundException"))
    answers.say("ecr.DescribeRepositories", refusal("RepositoryNotFoundException"))
    assert told(a_site(SERVICE, answers), "P031") == ["error there is no repository 'shop/web' in eu-west-1"]


def test_images_of_other_registries_are_not_looked_at() -> None:
    for location in ("public.ecr.aws/nginx/nginx:1.27", "999988887777.dkr.ecr.eu-west-1.amazonaws.com/x:1"):
        spec = SERVICE.replace('repository: shop/web, tag: "1.0"', f'location: "{location}"')
        assert told(a_site(spec, Answers()), "P031") == []


def queue(url: str) -> dict[str, Any]:
    return {"QueueUrl": url}


def holder(name: str) -> dict[str, Any]:
    resource = {
        "StackName": name,
        "LogicalResourceId": "Q",
        "ResourceType": "AWS::SQS::Queue",
        "Timestamp": NOW,
        "ResourceStatus": "CREATE_COMPLETE",
    }
    return {"StackResources": [resource]}


def only_jobs(given: Mapping[str, Any]) -> dict[str, Any]:
    if given["QueueName"] == "shop-dev-jobs":
        return queue("https://sqs/1/shop-dev-jobs")
    return refusal("AWS.SimpleQueueService.NonExistentQueue")


QUEUES = "queues: {jobs: {}}\n"


def names(answers: Answers) -> Answers:
    for operation, answer in (
        ("logs.DescribeLogGroups", {"logGroups": []}),
        ("cloudwatch.DescribeAlarms", {"MetricAlarms": [], "CompositeAlarms": []}),
        ("cloudwatch.GetDashboard", refusal("ResourceNotFound")),
        ("kms.ListAliases", {"Aliases": []}),
    ):
        answers.say(operation, answer)
    return answers


def test_a_name_that_is_taken_says_whose_it_is_and_what_to_do() -> None:
    answers = names(Answers()).say("sqs.GetQueueUrl", only_jobs)
    answers.say("cloudformation.DescribeStackResources", holder("legacy"))
    (finding,) = found(a_site(QUEUES, answers), "P041")
    assert finding.message == "queue 'shop-dev-jobs' exists already, and stack legacy holds it"
    assert "`existing` on the component uses it" in finding.advice
    assert finding.origin
    assert finding.origin.component == "jobs"


def test_a_name_that_no_stack_holds_says_so() -> None:
    for answer in (refusal("ValidationError", "Stack for x does not exist"), DENIED):
        answers = names(Answers()).say("sqs.GetQueueUrl", only_jobs)
        answers.say("cloudformation.DescribeStackResources", answer)
        assert told(a_site(QUEUES, answers), "P041") == [
            "error queue 'shop-dev-jobs' exists already, and no stack of this platform holds it"
        ]


def test_our_own_names_are_no_conflict_and_are_not_even_asked_for() -> None:
    answers = names(Answers()).say("sqs.GetQueueUrl", only_jobs)
    assert told(deployed(a_site(QUEUES, answers)), "P041") == []
    assert answers.asked == []


def test_a_thing_of_ours_that_gets_another_name_is_looked_at_again() -> None:
    answers = names(Answers()).say("sqs.GetQueueUrl", only_jobs)
    site = deployed(a_site(QUEUES, answers), {"JobsQueue": "https://sqs/1/old"})
    before = {key: {**was, "QueueName": "old"} for key, was in site.deployed.items()}
    answers.say("cloudformation.DescribeStackResources", holder("legacy"))
    assert len(told(replace(site, deployed=before), "P041")) == 1


def test_an_inactive_cluster_has_given_up_its_name() -> None:
    answers = names(Answers())
    answers.say("iam.GetRole", refusal("NoSuchEntity"))
    answers.say("servicediscovery.ListNamespaces", {"Namespaces": []})
    answers.say("cloudformation.DescribeStackResources", holder("legacy"))
    shown = []
    for status in ("INACTIVE", "ACTIVE"):
        clusters = [{"clusterName": "shop-dev-cluster", "status": status}]
        answers.say("ecs.DescribeClusters", {"clusters": clusters})
        shown.append(told(a_site(SERVICE, answers), "P041"))
    assert shown == [[], ["error cluster 'shop-dev-cluster' exists already, and stack legacy holds it"]]


RAW_BUCKET = """\
resources:
  Files: {Type: "AWS::S3::Bucket", Properties: {BucketName: shop-files}}
"""


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (refusal("404", http=404), []),
        (refusal("403", "Forbidden", http=403), ["bucket 'shop-files' exists and is not to be seen"]),
        ({"BucketRegion": "eu-west-1"}, ["bucket 'shop-files' exists already, and stack legacy holds it"]),
    ],
)
def test_a_bucket_name_may_be_free_ours_or_somebody_elses(answer: Any, expected: list[str]) -> None:
    answers = Answers().say("s3.HeadBucket", answer)
    answers.say("cloudformation.DescribeStackResources", holder("legacy"))
    shown = found(a_site(RAW_BUCKET, answers), "P042")
    assert [finding.message.split(":")[0] for finding in shown] == expected
    assert all(finding.severity == "error" for finding in shown)


def certificate(**facts: Any) -> Answers:
    sound = {"Status": "ISSUED", "DomainName": "api.example.com", "RenewalEligibility": "ELIGIBLE"}
    return Answers().say("acm.DescribeCertificate", {"Certificate": sound | facts})


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, []),
        ({"DomainName": "*.example.com"}, []),
        ({"DomainName": "x.org", "SubjectAlternativeNames": ["x.org", "api.example.com"]}, []),
        ({"Status": "PENDING_VALIDATION"}, ["cannot be used: its status is PENDING_VALIDATION"]),
        ({"DomainName": "x.org"}, ["is for x.org, not for api.example.com"]),
        (
            {"NotAfter": datetime(2026, 12, 1, tzinfo=UTC), "RenewalEligibility": "INELIGIBLE"},
            ["expires on 2026-12-01, and AWS does not renew it"],
        ),
        ({"NotAfter": datetime(2026, 12, 1, tzinfo=UTC)}, []),
    ],
)
def test_a_certificate_must_be_issued_for_the_domain(facts: dict[str, Any], expected: list[str]) -> None:
    shown = found(a_site(API, certificate(**facts)), "P051")
    assert [finding.message.removeprefix(f"certificate {CERTIFICATE} ") for finding in shown] == expected


def test_a_certificate_is_asked_for_in_its_region_and_account() -> None:
    answers = Answers().say("acm.DescribeCertificate", refusal("ResourceNotFoundException"))
    assert told(a_site(API, answers), "P051") == [
        f"error certificate {CERTIFICATE} does not exist in eu-west-1"
    ]
    asked = dict(answers.asked)["acm.DescribeCertificate"]
    assert asked == {"CertificateArn": f"arn:aws:acm:eu-west-1:{ACCOUNT}:certificate/{CERTIFICATE}"}


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("example.com.", []),
        ("api.example.com.", []),
        ("ample.com.", ["error hosted zone Z0123456789ABCDEFGHIJ is for ample.com, where a record "]),
        ("", ["error hosted zone Z0123456789ABCDEFGHIJ does not exist in account 111122223333"]),
    ],
)
def test_a_hosted_zone_must_hold_the_domain(zone: str, expected: list[str]) -> None:
    held = {"HostedZone": {"Id": "/hostedzone/Z", "Name": zone, "CallerReference": "x"}}
    answers = Answers().say("route53.GetHostedZone", held if zone else refusal("NoSuchHostedZone", http=404))
    shown = told(a_site(API, answers), "P052")
    assert [line.partition("api.example.com")[0] for line in shown] == expected


def test_the_region_must_have_the_zones_of_the_network() -> None:
    spec = "network: {availability_zones: 3}\n"
    three = Answers().say("ec2.DescribeAvailabilityZones", zones("a", "b", "c"))
    assert told(a_site(spec, three), "P053") == []
    two = Answers().say("ec2.DescribeAvailabilityZones", zones("a", "b"))
    assert told(a_site(spec, two), "P053") == [
        "error the network uses 3 zones, but eu-west-1 has 2: eu-west-1a (euw1-az1), eu-west-1b (euw1-az2)"
    ]


def test_a_zone_that_the_spec_names_must_be_there() -> None:
    spec = "network: {availability_zones: 2, availability_zone_ids: [euw1-az1, euw1-az9]}\n"
    two = Answers().say("ec2.DescribeAvailabilityZones", zones("a", "b"))
    shown = told(a_site(spec, two), "P053")
    assert set(shown) == {
        "error there is no zone 'euw1-az9' in eu-west-1 for this account; "
        "there are eu-west-1a (euw1-az1), eu-west-1b (euw1-az2)"
    }


def with_stack(site: Site, name: str, **tags: str) -> Site:
    return replace(site, live={name: LiveStack(f"arn:aws:x:eu-west-1:1:{name}", name, "X", tags=tags)})


def test_a_stack_of_our_name_that_is_not_ours_is_an_error() -> None:
    site = a_site(QUEUES, Answers())
    name = site.stacks[0].name
    assert told(with_stack(site, name), "P061") == [
        f"error stack {name} exists already and belongs to something else"
    ]
    ours = {"formwork:platform": "shop", "formwork:environment": "dev"}
    assert told(with_stack(site, name, **ours), "P061") == []


def test_a_missing_bootstrap_stack_is_told_where_one_is_needed() -> None:
    site = a_site(API, Answers())
    assert [line.partition(",")[0] for line in told(site, "P061")] == ["info stack formwork-bootstrap"]
    assert told(with_stack(site, "formwork-bootstrap"), "P061") == []


BACKUPS = DATABASE + "backups: {daily: {at: '04:00', components: [people]}}\n"


@pytest.mark.parametrize(("opted", "expected"), [(True, 0), (False, 1)])
def test_backups_of_aurora_need_an_opt_in(opted: bool, expected: int) -> None:
    settings = {"ResourceTypeOptInPreference": {"Aurora": opted, "DynamoDB": False}}
    answers = Answers().say("backup.DescribeRegionSettings", settings)
    shown = told(a_site(BACKUPS, answers), "P062")
    message = "error AWS Backup is not opted in for Aurora in eu-west-1, so it backs up none of it"
    assert shown == [message] * expected


@pytest.mark.parametrize("closed", [True, False])
def test_public_access_that_the_account_allows_is_told(closed: bool) -> None:
    names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    block = {"PublicAccessBlockConfiguration": {**dict.fromkeys(names, True), "BlockPublicAcls": closed}}
    site = a_site(RAW_BUCKET, Answers().say("s3control.GetPublicAccessBlock", block))
    assert len(told(site, "P063")) == (0 if closed else 1)
    none = Answers().say("s3control.GetPublicAccessBlock", refusal("NoSuchPublicAccessBlockConfiguration"))
    (line,) = told(a_site(RAW_BUCKET, none), "P063")
    assert line.startswith("info account 111122223333 does not block public access")
