# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # deploy/bench and the other files share these variables
# Orders settled a second: the worker's whole path (claim, carts, commit, acknowledge), the same SQL by the stock client, and
# one job per order. MariaDB flushes at each commit.

part_settle() {
    local orders=$((quick ? 5000 : 30000)) jobs=$((quick ? 500 : 2000)) name mode
    start_mariadb
    for name in plain aof sql; do
        mode=none
        [[ $name != aof ]] || mode=always
        start_redis "settle-$name" "$mode"
        make_database "settle-$name" "settle_$name"
    done
    for ((round = 1; round <= rounds; round++)); do
        settle_by_worker plain 'flashsale-worker' "$orders"
        settle_by_client 'stock client, the same SQL' "$orders" 50
        settle_by_worker aof 'flashsale-worker, AOF always' "$orders"
        settle_by_client 'stock client, one job per order' "$jobs" 1
    done
    goal 'settled orders over the same SQL by the stock client' settle flashsale-worker 'stock client, the same SQL' value \
        '>=' 0.9 0.7
    goal 'settled orders over one job per order' settle flashsale-worker 'stock client, one job per order' value '>=' 1 -
}

# settle_by_worker NAME CASE ORDERS: a full line, then a worker, until all of it is served.
settle_by_worker() {
    local name=$1 served=0 end
    make_product "settle-$name" "settle_$name"
    enqueue_sha=$(load_script "settle-$name" '#!lua' pace sale enqueue)
    fill "settle-$name" "$product" 1 "$3"
    free_port
    with_stores "settle-$name" "settle_$name" launch worker "$programs/flashsale-worker" --worker-health-port "$port"
    end=$((SECONDS + 120))
    while [[ $served != "$3" ]]; do
        ((SECONDS < end)) || stop "The worker served $served of $3 within 120 s."
        sleep 0.2
        served=$(redis "settle-$name" hget "flash_sale:{$product}" served_ticket)
    done
    end_latest
    record_settled "$2" "settle_$name" "$3" 50
}

# settle_by_client CASE ORDERS BATCH
settle_by_client() {
    make_product settle-sql settle_sql
    awk -v product="$product" -v fence=1 -v orders="$2" -v batch="$3" -f "$bench/settle.awk" >"$folder/settle.sql"
    sql settle_sql <"$folder/settle.sql" >"$folder/settle.out"
    record_settled "$1" settle_sql "$2" "$3"
}

# record_settled CASE DATABASE ORDERS BATCH: from the first decision to the last by the database's clock, so that neither the
# start of a program nor the end of a wait counts; what was decided first is where the clock starts.
record_settled() {
    local count first_batch seconds
    read -r count first_batch seconds < <(sql "$2" -e "SELECT COUNT(*), SUM(decided_at = (SELECT MIN(decided_at) FROM decisions
        WHERE product_id = $product)), TIMESTAMPDIFF(MICROSECOND, MIN(decided_at), MAX(decided_at)) / 1000000
        FROM decisions d JOIN orders o USING (product_id, ticket) WHERE product_id = $product")
    ((count == $3)) || stop "$1 settled $count of $3 orders."
    record settle "$1" orders/s "$(awk -v n=$((count - first_batch)) -v s="$seconds" 'BEGIN { printf "%.0f", n / s }')"
}
