# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # deploy/bench and the other files share these variables
# Ten times as many clients as the API has places, none of which waits when it is told to: how much work is still done, how
# fast a refusal is for somebody who asks once, and how it goes on right afterwards.

part_overload() {
    start_line overload always
    FLASHSALE_HTTP_MAX_IN_FLIGHT=64 start_api overload
    check_api overload
    for ((round = 1; round <= rounds; round++)); do
        overload_round 64 'joins accepted, 64 clients'
        ask_once >"$folder/refusals.txt" &
        local asking=$!
        overload_round 640 'joins accepted, 640 clients'
        wait "$asking"
        record_refusals
    done
    overload_round 64 'joins accepted, 64 clients, right afterwards'
    goal 'accepted joins at ten times the load, over the peak' overload 'joins accepted, 640 clients' \
        'joins accepted, 64 clients' value '>=' 0.8 -
    goal 'accepted joins right after an overload, over the peak' overload 'joins accepted, 64 clients, right afterwards' \
        'joins accepted, 64 clients' value '>=' 0.8 -
    goal 'a refusal, median in ms' overload 'refused, over a connection of its own' - value '<=' 10 -
}

# overload_round CLIENTS CASE
overload_round() {
    new_tag
    output=$(BENCH_FOLDER=$bench wrk -t1 -c"$1" -d"${seconds}s" --timeout 5s -s "$bench/wrk/overload.lua" \
        "$(line_url "${api_port[overload]}")" -- "$tag")
    # The line grows: requests of clients that have gone may still be read, and their joins must not come between emptying it.
    record_load overload "$2" "$output"
}

# Somebody else joins now and then, and notes what became of it.
ask_once() {
    local number end=$((SECONDS + seconds - 1))
    for ((number = 0; SECONDS < end; number++)); do
        curl -s -o /dev/null -w '%{http_code} %{time_total}\n' -H 'Content-Type: application/json' \
            -d "{\"user_id\":\"once-$round-$number\"}" "$(line_url "${api_port[overload]}")" || true
    done
}

record_refusals() {
    local median
    median=$(awk '$1 == 503 { print $2 * 1000 }' "$folder/refusals.txt" | sort -n |
        awk '{ all[NR] = $1 } END { if (NR) printf "%.1f", all[int((NR + 1) / 2)] }')
    [[ -z $median ]] || record overload 'refused, over a connection of its own' ms "$median"
}
