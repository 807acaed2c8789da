-- What payment providers reported, one row per event, kept as received. An event whose order is not there yet waits here.
CREATE TABLE IF NOT EXISTS payment_events (
    event_id    VARCHAR(255)    CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    product_id  BIGINT UNSIGNED NOT NULL,
    ticket      BIGINT UNSIGNED NOT NULL,
    status      ENUM ('paid', 'failed') NOT NULL,
    amount      BIGINT UNSIGNED NOT NULL COMMENT 'minor units',
    currency    CHAR(3)         CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    raw         BLOB            NOT NULL,
    result      ENUM ('processed', 'duplicate', 'waiting', 'recovered', 'refund_due', 'conflicting') NOT NULL,
    received_at DATETIME(6)     NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    applied_at  DATETIME(6)     NULL COMMENT 'NULL while it waits',
    KEY by_order (product_id, ticket),
    KEY by_result (result, product_id, ticket),
    CONSTRAINT event_of_product FOREIGN KEY (product_id) REFERENCES products (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
