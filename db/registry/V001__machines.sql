-- The machines that may send telemetry.
CREATE TABLE machines (
    device_id  text PRIMARY KEY CHECK (device_id <> ''),
    model      text NOT NULL,
    firmware   text NOT NULL,
    added_at   timestamptz NOT NULL DEFAULT now()
);
