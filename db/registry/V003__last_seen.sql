-- When each machine was last heard of; written by the ingest service, read by the console.
ALTER TABLE machines ADD COLUMN last_seen_at timestamptz;
