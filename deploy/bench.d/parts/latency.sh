# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # deploy/bench and the other files share these variables
# Joins at a constant rate, half of our peak: how long people wait when the machine is busy but not full.

part_latency() {
    local rate kind name label
    for name in plain-api plain-nginx; do start_line "$name" none; done
    start_api plain-api
    peer nginx plain-nginx
    find_our_peak
    rate=$((peak / 2))
    note "latency: $rate joins a second, half of our peak; each latency counts from when the request was due."
    for ((round = 1; round <= rounds; round++)); do
        latency_round "$rate" flashsale "${api_port[plain-api]}"
        empty_line plain-api
        latency_round "$rate" 'nginx + Lua' "${peer_port[nginx-plain-nginx]}"
        empty_line plain-nginx
    done
    goal 'p99 of a join at half our peak rate, µs' latency flashsale - p99 '<=' 5000 -
    goal 'p99 of a join at half our peak rate, over nginx + Lua' latency flashsale 'nginx + Lua' p99 '<=' 1 -
}

latency_round() {
    new_tag
    output=$("$tools/flashsale-bench" rate --url "$(line_url "$3")" --rate "$1" --count $(($1 * seconds)) --prefix "$tag")
    record_load latency "$2" "$output"
}

# In $peak: the join part's median when it ran, else that of one run.
find_our_peak() {
    peak=$(awk -F'\t' '$1 == "join" && $2 == "flashsale" { print $5 }' "$folder/records.tsv" | sort -n |
        awk '{ line[NR] = $1 } END { print line[int((NR + 1) / 2)] }')
    [[ -z $peak ]] || return 0
    load_api plain-api
    peak=$(sed -n 's/^BENCH //p' <<<"$output" | awk '{ printf "%d", $1 / $2 }')
    empty_line plain-api
}
