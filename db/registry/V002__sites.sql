-- Where machines stand. A machine without a site is in store.
CREATE TABLE sites (
    site_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name     text NOT NULL UNIQUE,
    country  char(2) NOT NULL
);

ALTER TABLE machines ADD COLUMN site_id bigint REFERENCES sites;
CREATE INDEX machines_by_site ON machines (site_id);
