-- Who bought what. An order is never changed: a correction is another order.
CREATE TABLE orders (
    order_id    uuid PRIMARY KEY,
    customer    text NOT NULL,
    placed_at   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE order_lines (
    order_id    uuid NOT NULL REFERENCES orders,
    product_id  bigint NOT NULL REFERENCES products,
    quantity    integer NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (order_id, product_id)
);
