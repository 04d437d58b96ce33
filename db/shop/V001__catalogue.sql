-- What is sold. Prices are in the smallest unit of the currency.
CREATE TABLE products (
    product_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        text NOT NULL,
    price       integer NOT NULL CHECK (price >= 0),
    currency    char(3) NOT NULL
);
