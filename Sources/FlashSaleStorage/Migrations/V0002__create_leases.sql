-- Worker processes that live, by the database's clock: each takes its fair share of the products.
CREATE TABLE IF NOT EXISTS workers (
    worker     VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    until      DATETIME(6)  NOT NULL,
    started_at DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- One worker serves a product at a time. The fence rises with each takeover; a lower one is refused everywhere. It starts
-- from the clock, so that the fences of a database made anew lie above those that an old line in Redis has seen.
CREATE TABLE IF NOT EXISTS leases (
    product_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
    fence      BIGINT UNSIGNED NOT NULL DEFAULT (UNIX_TIMESTAMP()),
    holder     VARCHAR(100)    CHARACTER SET ascii COLLATE ascii_bin NULL,
    until      DATETIME(6)     NOT NULL DEFAULT '1970-01-01',
    KEY by_holder (holder),
    CONSTRAINT lease_of_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
