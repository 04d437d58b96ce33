"""One folder a kind: what users may write, what it becomes, what its verbs grant. See CONTRIBUTING."""
