-- The life of an order after the decision: holds, checkouts, payments, expiry. expires_at is NULL once nothing can run out
-- any more; unshown is TRUE while Redis may not show the order's latest state. The units of an order come back at most
-- once, and are taken again at most once.
ALTER TABLE orders
    ADD COLUMN IF NOT EXISTS is_checked_out  BOOLEAN      NOT NULL DEFAULT TRUE AFTER status,
    ADD COLUMN IF NOT EXISTS hold_expires_at DATETIME(6)  NULL COMMENT 'NULL: it never was a hold' AFTER created_at,
    ADD COLUMN IF NOT EXISTS expires_at      DATETIME(6)  NULL AFTER hold_expires_at,
    ADD COLUMN IF NOT EXISTS checked_out_at  DATETIME(6)  NULL AFTER expires_at,
    ADD COLUMN IF NOT EXISTS paid_at         DATETIME(6)  NULL AFTER checked_out_at,
    ADD COLUMN IF NOT EXISTS payment_event   VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NULL AFTER paid_at,
    ADD COLUMN IF NOT EXISTS ended_at        DATETIME(6)  NULL AFTER payment_event,
    ADD COLUMN IF NOT EXISTS unshown         BOOLEAN      NULL AFTER ended_at,
    ADD KEY IF NOT EXISTS by_expiry (expires_at, product_id),
    ADD KEY IF NOT EXISTS by_unshown (unshown, product_id),
    ADD KEY IF NOT EXISTS by_user (user_id);

ALTER TABLE stock_ledger
    MODIFY COLUMN reason ENUM (
        'created', 'restocked', 'ordered', 'withdrawn', 'expired', 'given_back', 'payment_failed', 'recovered'
    ) NOT NULL,
    ADD COLUMN IF NOT EXISTS ticket     BIGINT UNSIGNED NULL COMMENT 'the order whose units moved' AFTER batch,
    ADD COLUMN IF NOT EXISTS is_release BOOLEAN AS (delta > 0) STORED AFTER ticket,
    ADD UNIQUE KEY IF NOT EXISTS once_per_order (product_id, ticket, is_release);

-- A price change holds from the first ticket that is handed out after it; until the line has said which one that is, it is
-- pending.
ALTER TABLE products
    ADD COLUMN IF NOT EXISTS is_price_pending BOOLEAN NOT NULL DEFAULT FALSE AFTER currency;

CREATE TABLE IF NOT EXISTS prices (
    product_id  BIGINT UNSIGNED NOT NULL,
    from_ticket BIGINT UNSIGNED NOT NULL COMMENT 'the price holds for this ticket and those after it',
    price       BIGINT UNSIGNED NOT NULL COMMENT 'minor units',
    currency    CHAR(3)         CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    changed_at  DATETIME(6)     NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (product_id, from_ticket),
    CONSTRAINT price_of_product FOREIGN KEY (product_id) REFERENCES products (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

INSERT IGNORE INTO prices (product_id, from_ticket, price, currency) SELECT id, 1, price, currency FROM products;
