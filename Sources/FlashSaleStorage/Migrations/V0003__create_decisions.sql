-- One row per served ticket, rejections included. A row never changes: the primary key is what makes a ticket's decision
-- happen once.
CREATE TABLE IF NOT EXISTS decisions (
    product_id   BIGINT UNSIGNED NOT NULL,
    ticket       BIGINT UNSIGNED NOT NULL,
    user_id      VARCHAR(64)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    quantity     INT UNSIGNED    NOT NULL,
    outcome      ENUM ('ordered', 'left', 'cart_expired', 'sold_out', 'already_purchased', 'failed') NOT NULL,
    order_ticket BIGINT UNSIGNED NULL COMMENT 'the order that the user has',
    fence        BIGINT UNSIGNED NOT NULL,
    batch        BIGINT UNSIGNED NOT NULL,
    decided_at   DATETIME(6)     NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (product_id, ticket),
    CONSTRAINT decision_of_product FOREIGN KEY (product_id) REFERENCES products (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- Tickets decided at once: sold out by watermark, or lost with Redis's data. to_ticket is NULL while the range is open.
CREATE TABLE IF NOT EXISTS ticket_ranges (
    product_id  BIGINT UNSIGNED NOT NULL,
    from_ticket BIGINT UNSIGNED NOT NULL,
    to_ticket   BIGINT UNSIGNED NULL,
    outcome     ENUM ('sold_out', 'lost') NOT NULL,
    recorded_at DATETIME(6)     NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (product_id, from_ticket),
    CONSTRAINT range_of_product FOREIGN KEY (product_id) REFERENCES products (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- Entries that can't be processed, with their raw bytes, for a person to look at.
CREATE TABLE IF NOT EXISTS dead_letters (
    id         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    product_id BIGINT UNSIGNED NOT NULL,
    batch      BIGINT UNSIGNED NOT NULL,
    position   INT UNSIGNED    NOT NULL COMMENT 'within the batch: a repeated batch adds nothing',
    raw        BLOB            NOT NULL,
    reason     VARCHAR(500)    NOT NULL,
    attempts   INT UNSIGNED    NOT NULL DEFAULT 1,
    created_at DATETIME(6)     NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    UNIQUE KEY once (product_id, batch, position)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
