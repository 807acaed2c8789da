-- The draw: a product with access 'draw' is sold to whoever is drawn. Its terms never change. seed is a secret until drawn_at;
-- fixed_at stands with the roster's root, drawn_at with the order, placed_at once every entrant's place is in the line. The
-- ticket of the entrant at rank r, from 0, is first_ticket + r; line_nonce names the line that these tickets are of.
ALTER TABLE products
    ADD COLUMN IF NOT EXISTS access       ENUM ('fifo', 'draw') NOT NULL DEFAULT 'fifo' AFTER checkout,
    ADD COLUMN IF NOT EXISTS draw_at      DATETIME(6)     NULL COMMENT 'entering ends' AFTER closes_at,
    ADD COLUMN IF NOT EXISTS beacon_chain CHAR(64)        CHARACTER SET ascii COLLATE ascii_bin NULL AFTER draw_at,
    ADD COLUMN IF NOT EXISTS beacon_round BIGINT UNSIGNED NULL AFTER beacon_chain;

CREATE TABLE IF NOT EXISTS draws (
    product_id       BIGINT UNSIGNED NOT NULL PRIMARY KEY,
    seed             BINARY(32)      NOT NULL COMMENT 'secret before drawn_at',
    commitment       BINARY(32)      NOT NULL,
    beacon_signature VARBINARY(96)   NULL COMMENT 'what the round brought, given by an operator',
    root             BINARY(32)      NULL,
    entrants         INT UNSIGNED    NULL,
    first_ticket     BIGINT UNSIGNED NULL,
    last_ticket      BIGINT UNSIGNED NULL COMMENT 'the last number that was handed out to an entry',
    line_nonce       CHAR(32)        CHARACTER SET ascii COLLATE ascii_bin NULL,
    fixed_at         DATETIME(6)     NULL,
    drawn_at         DATETIME(6)     NULL,
    placed_at        DATETIME(6)     NULL,
    CONSTRAINT draw_of_product FOREIGN KEY (product_id) REFERENCES products (id),
    CONSTRAINT roster_before_order CHECK (drawn_at IS NULL OR fixed_at IS NOT NULL),
    CONSTRAINT order_before_places CHECK (placed_at IS NULL OR drawn_at IS NOT NULL)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- The roster as it was read from the line, in entry order, a page of up to 4,096 entries a row: a line `NUMBER QUANTITY USER`
-- for each. entries_read says how much of the line's list of entries the pages up to this one hold, those among them whose
-- users had left.
CREATE TABLE IF NOT EXISTS draw_roster (
    product_id   BIGINT UNSIGNED NOT NULL,
    page         INT UNSIGNED    NOT NULL COMMENT 'from 0',
    entries      MEDIUMBLOB      NOT NULL,
    entry_count  INT UNSIGNED    NOT NULL,
    entries_read INT UNSIGNED    NOT NULL,
    root         BINARY(32)      NOT NULL COMMENT 'of the leaves of this page',
    PRIMARY KEY (product_id, page),
    CONSTRAINT roster_of_product FOREIGN KEY (product_id) REFERENCES draws (product_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- Numbers that entries had and no drawn ticket has, because their users left before the draw.
ALTER TABLE ticket_ranges
    MODIFY COLUMN outcome ENUM ('sold_out', 'lost', 'undrawn') NOT NULL;
