"""The function that keeps a stream's shards in step with what comes in."""

# The metric that it writes, by which the alarms divide.
NAMESPACE, SHARD_COUNT = "Formwork", "ShardCount"
