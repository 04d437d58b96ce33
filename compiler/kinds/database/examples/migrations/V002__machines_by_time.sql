-- formwork: no-transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS machines_by_time ON machines (seen_at);
