# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # deploy/bench and the other files share these variables
# A million users have entered a draw, by our own script, AOF always. From the draw's time: until the first batch of the drawn is
# served, and until every one of them has a place.

part_draw() {
    local count=$((quick ? 10000 : 1000000)) sale began
    round=1
    start_mariadb
    start_redis draw always
    make_database draw draw
    make_product draw draw 1000 --access draw --draw-at "$(date -u -d '+1 hour' +%FT%TZ)"
    sale="flash_sale:{$product}"
    enqueue_sha=$(load_script draw '#!lua' sale draw enter)
    fill draw "$product" 1 "$count"
    [[ $(redis draw hget "$sale" entrants) == "$count" ]] || stop 'Not everybody has entered.'
    free_port
    with_stores draw draw launch worker "$programs/flashsale-worker" --worker-health-port "$port"
    wait_for 30 worker answers "http://127.0.0.1:$port/ready"
    # The worker looks at the line's time once a second, and is woken here as by the clock.
    sql draw -e "UPDATE products SET draw_at = NOW(6) WHERE id = $product"
    began=${EPOCHREALTIME/[.,]/}
    redis draw hset "$sale" draw_at 1 >/dev/null
    redis draw publish flash_sale_wake "$product" >/dev/null
    wait_for_draw "$began" draws 'fixed_at IS NOT NULL' "$count entrants, roster fixed"
    wait_for_draw "$began" decisions 'TRUE' "$count entrants, drawn and serving"
    wait_for_draw "$began" draws 'placed_at IS NOT NULL' "$count entrants, every one has a place"
    end_latest
    goal "seconds until $count entrants are drawn and served" draw "$count entrants, drawn and serving" - value '<=' 10 -
}

# wait_for_draw BEGAN TABLE CONDITION CASE: until the product has such a row; the time since BEGAN is the figure.
wait_for_draw() {
    until [[ $(sql draw -e "SELECT 1 FROM $2 WHERE product_id = $product AND $3 LIMIT 1") == 1 ]]; do
        ((${EPOCHREALTIME/[.,]/} - $1 < 120000000)) || stop "$4: not within 120 s."
        sleep 0.02
    done
    record draw "$4" s "$(awk -v us=$((${EPOCHREALTIME/[.,]/} - $1)) 'BEGIN { printf "%.2f", us / 1000000 }')"
}
