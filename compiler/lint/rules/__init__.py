"""House rules: what cfn-lint lets pass and AWS, an attacker or the next release does not. One file a rule."""
