-- What operators changed, append-only: written with the change itself where there is a transaction. product_id refers to
-- nothing, so that the record outlives what it is about.
CREATE TABLE IF NOT EXISTS operator_actions (
    id         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    acted_at   DATETIME(6)     NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    actor      VARCHAR(100)    CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'console, or cli:USER@HOST',
    action     VARCHAR(40)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    product_id BIGINT UNSIGNED NULL,
    detail     TEXT            NOT NULL COMMENT 'a JSON object',
    result     VARCHAR(500)    NOT NULL COMMENT 'done, or what was refused and why',
    KEY by_product (product_id, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
