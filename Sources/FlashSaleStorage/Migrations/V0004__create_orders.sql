-- What users bought. An order's public id is PRODUCT-TICKET. active_user is NULL once the order is over, so that the unique
-- key allows one live order per user and product.
CREATE TABLE IF NOT EXISTS orders (
    product_id  BIGINT UNSIGNED NOT NULL,
    ticket      BIGINT UNSIGNED NOT NULL,
    user_id     VARCHAR(64)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    quantity    INT UNSIGNED    NOT NULL,
    unit_price  BIGINT UNSIGNED NOT NULL COMMENT 'minor units',
    currency    CHAR(3)         CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    status      ENUM ('held', 'pending', 'completed', 'cancelled', 'expired', 'refund_due') NOT NULL,
    active_user VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin
        AS (IF(status IN ('held', 'pending', 'completed'), user_id, NULL)) STORED,
    created_at  DATETIME(6)     NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (product_id, ticket),
    UNIQUE KEY one_live_order (product_id, active_user),
    KEY by_status (product_id, status),
    CONSTRAINT order_of_decision FOREIGN KEY (product_id, ticket) REFERENCES decisions (product_id, ticket)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
