# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # deploy/bench and the other files share these variables
# Orders settled a second: the worker's whole path (claim, carts, commit, acknowledge), the same SQL by the stock client, and
# one job per order both ways. MariaDB flushes at each commit.

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
        settle_by_worker plain 'flashsale-worker' "$orders" 50 1
        settle_by_client 'stock client, the same SQL' "$orders" 50
        settle_by_worker aof 'flashsale-worker, AOF always' "$orders" 50 1
        settle_by_worker plain 'flashsale-worker, 4 products' "$orders" 50 4
        settle_by_worker plain 'flashsale-worker, one job per order' "$jobs" 1 1
        settle_by_client 'stock client, one job per order' "$jobs" 1
    done
    goal 'settled orders over the same SQL by the stock client' settle flashsale-worker 'stock client, the same SQL' value \
        '>=' 0.9 0.7
    goal 'settled orders over one job per order' settle flashsale-worker 'stock client, one job per order' value '>=' 1 -
}

# settle_by_worker NAME CASE ORDERS BATCH PRODUCTS: full lines, then a worker, until all of them are served.
settle_by_worker() {
    local name=$1 each=$(($3 / $5)) end made=()
    enqueue_sha=$(load_script "settle-$name" '#!lua' pace sale enqueue)
    while ((${#made[@]} < $5)); do
        make_product "settle-$name" "settle_$name"
        fill "settle-$name" "$product" 1 "$each"
        made+=("$product")
    done
    free_port
    with_stores "settle-$name" "settle_$name" launch worker "$programs/flashsale-worker" --worker-health-port "$port" \
        --worker-batch-size "$4"
    end=$((SECONDS + 120))
    for product in "${made[@]}"; do
        until [[ $(redis "settle-$name" hget "flash_sale:{$product}" served_ticket) == "$each" ]]; do
            ((SECONDS < end)) || stop "The worker did not serve $3 orders within 120 s."
            sleep 0.2
        done
    done
    end_latest
    record_settled "$2" "settle_$name" "$((each * $5))" "${made[@]}"
}

# settle_by_client CASE ORDERS BATCH
settle_by_client() {
    make_product settle-sql settle_sql
    awk -v product="$product" -v fence=1 -v orders="$2" -v batch="$3" -f "$bench/settle.awk" >"$folder/settle.sql"
    sql settle_sql <"$folder/settle.sql" >"$folder/settle.out"
    record_settled "$1" settle_sql "$2" "$product"
}

# record_settled CASE DATABASE ORDERS PRODUCT…: from the first decision to the last by the database's clock, so that neither the
# start of a program nor the end of a wait counts; what was decided first is where the clock starts.
record_settled() {
    local case=$1 database=$2 orders=$3 count first_batch seconds products
    shift 3
    products=$(IFS=,; printf '%s' "$*")
    read -r count first_batch seconds < <(sql "$database" -e "SELECT COUNT(*), SUM(decided_at = (SELECT MIN(decided_at)
        FROM decisions WHERE product_id IN ($products))),
        TIMESTAMPDIFF(MICROSECOND, MIN(decided_at), MAX(decided_at)) / 1000000
        FROM decisions d JOIN orders o USING (product_id, ticket) WHERE product_id IN ($products)")
    ((count == orders)) || stop "$case settled $count of $orders orders."
    record settle "$case" orders/s "$(awk -v n=$((count - first_batch)) -v s="$seconds" 'BEGIN { printf "%.0f", n / s }')"
}
