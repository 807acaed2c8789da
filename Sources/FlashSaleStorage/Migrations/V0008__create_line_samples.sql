-- How each line stood every five seconds, for the operator's charts. An unchanged stretch is its first and its last row.
-- Written by the worker that serves the product, and removed after seven days; nothing else depends on it. There is no
-- foreign key: checking one would lock the product's row, which settlements need.
CREATE TABLE IF NOT EXISTS line_samples (
    product_id        BIGINT UNSIGNED NOT NULL,
    sampled_at        DATETIME        NOT NULL COMMENT 'a multiple of five seconds',
    waiting           INT UNSIGNED    NOT NULL,
    last_ticket       BIGINT UNSIGNED NOT NULL,
    served_ticket     BIGINT UNSIGNED NOT NULL,
    available         INT UNSIGNED    NOT NULL,
    held              INT UNSIGNED    NOT NULL,
    sold              INT UNSIGNED    NOT NULL,
    counted_ticket    BIGINT UNSIGNED NOT NULL COMMENT 'the decisions up to this ticket are in the counts below',
    ordered           BIGINT UNSIGNED NOT NULL,
    refused           BIGINT UNSIGNED NOT NULL COMMENT 'sold_out decisions; those by watermark are not among them',
    watermarked       BIGINT UNSIGNED NOT NULL COMMENT 'sold out by watermark',
    gone              BIGINT UNSIGNED NOT NULL COMMENT 'left or cart_expired',
    already_purchased BIGINT UNSIGNED NOT NULL,
    failed            BIGINT UNSIGNED NOT NULL,
    PRIMARY KEY (product_id, sampled_at),
    KEY by_time (sampled_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
