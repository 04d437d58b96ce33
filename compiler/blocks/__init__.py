"""What kinds are built of: IAM, network paths, workloads, log groups, alarms; in CloudFormation's shapes."""
