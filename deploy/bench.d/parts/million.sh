# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # deploy/bench and the other files share these variables
# A million users join one product through the API, as shipped (AOF always). Then a worker starts, sells what there is, and the
# rest learn that it is sold out.

part_million() {
    local count=$((quick ? 10000 : 1000000)) stock=1000 url before
    round=1
    start_mariadb
    start_redis million always
    make_database million million
    make_product million million "$stock"
    start_api million million
    url=$(line_url "${api_port[million]}" "$product")
    before=$(used_memory million)
    new_tag
    output=$("$tools/flashsale-bench" rate --url "$url" --rate 0 --count "$count" --prefix "$tag")
    record_load million "$count users join" "$output"
    record million "$count users join, errors" requests "$(sed -n 's/^BENCH //p' <<<"$output" | cut -d' ' -f3)"
    # Less than in part waiting while the file is being rewritten: Redis does not grow its tables then.
    record million 'Redis memory per user, AOF always' bytes $((($(used_memory million) - before) / count))
    record million 'API memory afterwards' MB "$(resident million)"
    tell_sold_out "$url" "$count" "$stock"
    end_process "${api_pid[million]}"
    goal "errors while $count users join one product" million "$count users join, errors" - value '<=' 0 -
}

# tell_sold_out URL WAITING STOCK: from the start of a worker until the last in line reads "sold_out"; then everybody has to.
tell_sold_out() {
    local queue="flash_sale_queue:{$product}" last users user began
    last=$(redis million lindex "$queue" 0)
    mapfile -t users < <(for ((n = 0; n < 50; n++)); do
        redis million lindex "$queue" $((n * ($2 - $3 - 100) / 50))
    done)
    began=${EPOCHREALTIME/[.,]/}
    [[ $(curl -fs "$1/${last##*:}") == *"\"position\":$2,"* ]] || stop "The last in line is not at position $2."
    record million 'status of the last in line' ms "$(milliseconds_since "$began")"
    free_port
    began=${EPOCHREALTIME/[.,]/}
    with_stores million million launch worker "$programs/flashsale-worker" --worker-health-port "$port"
    until [[ $(curl -fs "$1/${last##*:}") == *'"status":"sold_out"'* ]]; do
        ((${EPOCHREALTIME/[.,]/} - began < 60000000)) || stop 'The last in line was not told within 60 s.'
        sleep 0.02
    done
    record million "$3 sold, then sold out for all" ms "$(milliseconds_since "$began")"
    for user in "${users[@]}"; do
        [[ $(curl -fs "$1/${user##*:}") == *'"status":"sold_out"'* ]] || stop "$user was not told that it is sold out."
    done
    end_latest
}

milliseconds_since() { awk -v us=$((${EPOCHREALTIME/[.,]/} - $1)) 'BEGIN { printf "%.1f", us / 1000 }'; }
