# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # deploy/bench and the other files share these variables
# A hundred thousand people look at a sale's progress through nginx, at the pace that they are told: what the API gets of it.

part_pollers() {
    local people=100000 url pace needed before after requests seconds_taken
    start_mariadb
    start_redis pollers none
    make_database pollers pollers
    make_product pollers pollers
    FLASHSALE_PAGES_ENABLED=on FLASHSALE_PAGES_IDENTITY=named start_api pollers pollers
    start_cache pollers
    url=http://127.0.0.1:${peer_port[cache-pollers]}/products/$product/progress
    pace=$(curl -fs -m 5 "$url" | sed -n 's/.*"poll_after_ms":\([0-9]*\).*/\1/p')
    [[ -n $pace ]] || stop "pollers: nginx does not hand on $url."
    needed=$((people * 1000 / pace))
    for ((round = 1; round <= rounds; round++)); do
        before=$(progress_requests pollers)
        load pollers "$url"
        after=$(progress_requests pollers)
        record_load pollers 'nginx, requests of people' "$output"
        read -r _ requests seconds_taken _ < <(grep '^BENCH ' <<<"$output")
        record pollers 'API, requests of nginx' 'requests/s' \
            "$(awk -v n="$((after - before))" -v s="$seconds_taken" 'BEGIN { printf "%.2f", n / s }')"
    done
    note "pollers: $people people who look every $pace ms are $needed requests a second."
    goal "Requests/s of progress that $people people make" pollers 'nginx, requests of people' - value '>=' "$needed" -
    goal 'Requests/s of them that reach the API, for one product' pollers 'API, requests of nginx' - value '<=' 4 -
}

# How many requests of progress the API of that name has answered.
progress_requests() {
    curl -fs -m 5 "http://127.0.0.1:${api_port[$1]}/metrics" |
        awk '/^flashsale_http_requests_total\{.*progress/ { sum += $NF } END { printf "%d", sum }'
}
