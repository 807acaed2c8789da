-- Messages for the shop, written in the transaction that they report. Those of one order are delivered in the order of
-- their ids; a dead one waits for an operator and no longer stands in the way.
CREATE TABLE IF NOT EXISTS outbox (
    id              BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    product_id      BIGINT UNSIGNED NOT NULL,
    ticket          BIGINT UNSIGNED NOT NULL,
    event           ENUM ('order.held', 'order.completed', 'order.cancelled', 'order.expired', 'refund.due') NOT NULL,
    payload         TEXT            NOT NULL COMMENT 'JSON',
    state           ENUM ('waiting', 'delivered', 'dead') NOT NULL DEFAULT 'waiting',
    attempts        INT UNSIGNED    NOT NULL DEFAULT 0,
    next_attempt_at DATETIME(6)     NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    delivered_at    DATETIME(6)     NULL,
    last_error      VARCHAR(500)    NULL,
    created_at      DATETIME(6)     NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    KEY due (state, next_attempt_at),
    KEY by_order (product_id, ticket, state, id),
    CONSTRAINT message_of_product FOREIGN KEY (product_id) REFERENCES products (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
