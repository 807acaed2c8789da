-- What is sold. Stock is counted here and nowhere else: total_stock is what was ever put on sale, available_stock what
-- nobody has bought or holds. Money is in minor units of an ISO 4217 currency. Times are UTC.
CREATE TABLE IF NOT EXISTS products (
    id              BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name            VARCHAR(200)    NOT NULL,
    price           BIGINT UNSIGNED NOT NULL COMMENT 'minor units',
    currency        CHAR(3)         CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    total_stock     INT UNSIGNED    NOT NULL,
    available_stock INT UNSIGNED    NOT NULL,
    checkout        ENUM ('instant', 'payment', 'hold') NOT NULL,
    paused          BOOLEAN         NOT NULL DEFAULT FALSE,
    opens_at        DATETIME(6)     NULL,
    closes_at       DATETIME(6)     NULL,
    max_per_user    INT UNSIGNED    NOT NULL,
    max_queue       INT UNSIGNED    NOT NULL,
    cart_seconds    INT UNSIGNED    NOT NULL,
    hold_seconds    INT UNSIGNED    NOT NULL,
    payment_seconds INT UNSIGNED    NOT NULL,
    sold_out_after  BIGINT UNSIGNED NULL COMMENT 'every ticket above is sold out; NULL while a unit can come free',
    version         BIGINT UNSIGNED NOT NULL DEFAULT 1 COMMENT 'rises with every change an operator makes',
    nonce           CHAR(32)        CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'names the line in Redis',
    created_at      DATETIME(6)     NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    CONSTRAINT available_within_total CHECK (available_stock <= total_stock)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- Every change of available_stock, append-only: the sum of a product's deltas is its available stock, after every row.
CREATE TABLE IF NOT EXISTS stock_ledger (
    id         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    product_id BIGINT UNSIGNED NOT NULL,
    delta      INT             NOT NULL,
    reason     ENUM ('created', 'restocked', 'ordered') NOT NULL,
    batch      BIGINT UNSIGNED NULL COMMENT 'the batch of decisions that took the units',
    changed_at DATETIME(6)     NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    KEY by_product (product_id, id),
    CONSTRAINT ledger_of_product FOREIGN KEY (product_id) REFERENCES products (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
