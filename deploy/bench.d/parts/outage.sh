# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # deploy/bench and the other files share these variables
# Redis stands still (SIGSTOP) while MariaDB is well: how soon an order is shown and a payment is taken, each asked once at a
# time, from the first moment on, so that some are asked before the breaker knows.

part_outage() {
    start_mariadb
    start_redis outage always
    make_database outage outage
    make_product outage outage 1000 --checkout payment
    FLASHSALE_PAYMENTS_SIGNATURE=none start_api outage outage
    with_stores outage outage launch worker-outage "$programs/flashsale-worker" --worker-health-port 0
    local orders=$((quick ? 20 : 60))
    wait_for 30 worker-outage outage_join 1
    for ((user = 2; user <= orders; user++)); do outage_join "$user"; done
    wait_for 30 worker-outage outage_has "$orders"
    for ((round = 1; round <= rounds; round++)); do
        outage_round $(((round - 1) * orders / rounds + 1)) $((round * orders / rounds))
    done
    end_latest
    goal 'an order shown while Redis stands still, worst in ms' outage 'order shown, the slowest' - value '<=' 20 -
    goal 'a webhook answered while Redis stands still, worst in ms' outage 'webhook answered, the slowest' - value '<=' 50 -
}

outage_join() {
    curl -fs -m 5 -o /dev/null -H 'Content-Type: application/json' -d "{\"user_id\":\"o$1\"}" \
        "$(line_url "${api_port[outage]}" "$product")"
}

# outage_has COUNT: whether so many orders wait for their payment.
outage_has() {
    [[ $(sql -e "SELECT COUNT(*) FROM outage.orders WHERE status = 'pending'") == "$1" ]]
}

# outage_round FIRST LAST: one outage, with the orders of these tickets.
outage_round() {
    local api="http://127.0.0.1:${api_port[outage]}" ticket pid
    pid=$(redis outage info server | sed -n 's/^process_id:\([0-9]*\).*/\1/p')
    kill -STOP "$pid"
    for ((ticket = $1; ticket <= $2; ticket++)); do
        outage_ask GET "$api/api/orders/$product-$ticket"
        outage_ask POST "$api/api/payments/webhook" -H 'Content-Type: application/json' -d "{\"event_id\":\"o$ticket\",
            \"order_id\":\"$product-$ticket\",\"status\":\"paid\",\"amount\":1000,\"currency\":\"USD\"}"
    done >"$folder/outage.txt"
    kill -CONT "$pid"
    outage_record GET 'order shown'
    outage_record POST 'webhook answered'
    wait_for 30 api-outage answers "$api/ready"
}

# outage_ask METHOD URL ARGUMENT…: the method, the status and the seconds that the answer took.
outage_ask() {
    local method=$1 url=$2
    shift 2
    curl -s -o /dev/null -m 10 -X "$method" -w "$method %{http_code} %{time_total}\n" "$@" "$url" || true
}

# outage_record METHOD CASE: the median and the slowest; an answer that is not 200 is an error.
outage_record() {
    local median slowest errors
    read -r median slowest errors < <(awk -v method="$1" '$1 == method { print $3 * 1000, $2 != 200 }' \
        "$folder/outage.txt" | sort -n | awk '{ all[NR] = $1; errors += $2 }
            END { printf "%.1f %.1f %d\n", all[int((NR + 1) / 2)], all[NR], errors }')
    record outage "$2" ms "$median" '' '' '' "$errors"
    record outage "$2, the slowest" ms "$slowest" '' '' '' "$errors"
}
