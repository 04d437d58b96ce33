"""The function that keeps a stream's shards in step with what comes in."""
