CREATE TABLE machines (
    id text PRIMARY KEY,
    seen_at timestamptz NOT NULL DEFAULT now()
);
