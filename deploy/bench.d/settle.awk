# Writes the SQL of a settlement for the stock client, statement by statement what flashsale-worker sends (see
# SettlementTurn.swift; read off the server's general log): product, fence, orders, batch.

function list(from, to, template,    n, text, row) {
    for (n = from; n <= to; n++) {
        row = template
        gsub(/TICKET/, n, row)
        text = text (n > from ? "," : "") row
    }
    return text
}

BEGIN {
    decision = "(" product ",TICKET,'wTICKET',1,'ordered',TICKET," fence ",BATCH)"
    order = "(" product ",TICKET,'wTICKET',1,1000,'USD','completed',TRUE,NOW(6) + INTERVAL NULL SECOND," \
        "NOW(6) + INTERVAL NULL SECOND,IF(FALSE, NOW(6), NULL),NULL,IF(TRUE, NOW(6), NULL))"
    message = "(" product ",TICKET,'order.completed','{\"type\":\"order.completed\"," \
        "\"timestamp\":\"2026-01-01T00:00:00.000Z\",\"data\":{\"order_id\":\"" product "-TICKET\",\"product_id\":" product \
        ",\"ticket\":TICKET,\"user_id\":\"wTICKET\",\"quantity\":1,\"unit_price\":1000,\"amount\":1000," \
        "\"currency\":\"USD\",\"status\":\"completed\"}}')"
    lock = "SELECT p.id, p.name, p.price, p.currency, p.total_stock, p.available_stock, p.checkout, p.paused, p.opens_at, " \
        "p.closes_at, p.max_per_user, p.max_queue, p.cart_seconds, p.hold_seconds, p.payment_seconds, p.sold_out_after, " \
        "p.version, p.nonce, p.is_price_pending, NOW(6) AS now, " \
        "(SELECT l.fence FROM leases l WHERE l.product_id = p.id) AS fence, " \
        "(SELECT MAX(d.ticket) FROM decisions d WHERE d.product_id = p.id) AS last_decided, " \
        "(SELECT MAX(r.from_ticket) FROM prices r WHERE r.product_id = p.id) AS price_from, " \
        "EXISTS (SELECT 1 FROM payment_events e WHERE e.product_id = p.id AND e.result = 'waiting') AS has_early, " \
        "(SELECT CAST(COALESCE(SUM(o.quantity), 0) AS SIGNED) FROM orders o " \
        "WHERE o.product_id = p.id AND o.status IN ('held', 'pending')) AS held FROM products p WHERE p.id = " product \
        " FOR UPDATE;"

    print "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED;"
    for (first = 1; first <= orders; first += batch) {
        last = first + batch - 1
        number++
        rows = list(first, last, decision)
        gsub(/BATCH/, number, rows)
        print "START TRANSACTION;"
        print lock
        print "SELECT active_user, ticket FROM orders WHERE product_id = " product " AND active_user IN (" \
            list(first, last, "'wTICKET'") ");"
        print "INSERT INTO decisions (product_id, ticket, user_id, quantity, outcome, order_ticket, fence, batch) VALUES " \
            rows ";"
        print "INSERT INTO orders (product_id, ticket, user_id, quantity, unit_price, currency, status, is_checked_out, " \
            "hold_expires_at, expires_at, paid_at, payment_event, ended_at) VALUES " list(first, last, order) ";"
        print "INSERT INTO outbox (product_id, ticket, event, payload) VALUES " list(first, last, message) ";"
        print "INSERT INTO stock_ledger (product_id, delta, reason, batch) VALUES (" product ", -" batch ", 'ordered', " \
            number ");"
        print "UPDATE products SET available_stock = available_stock - " batch " WHERE id = " product \
            " AND available_stock >= " batch ";"
        print "COMMIT;"
    }
}
