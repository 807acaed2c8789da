# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # deploy/bench and the other files share these variables
# The shared counter, over the bare framework's static route with the same bytes.

part_progress() {
    local url text
    start_line plain-api none
    start_api plain-api
    url=http://127.0.0.1:${api_port[plain-api]}/api/products/1/progress
    if ! text=$(curl -fs -m 5 "$url"); then
        note 'progress: this build has no GET …/progress.'
        return 0
    fi
    free_port
    local bare=http://127.0.0.1:$port/static
    launch bare "$tools/flashsale-bench" bare --port "$port" --body "$text"
    wait_for 10 bare answers "$bare"
    for ((round = 1; round <= rounds; round++)); do
        load get "$url"
        record_load progress flashsale "$output"
        load get "$bare"
        record_load progress 'Hummingbird, static route' "$output"
    done
    end_latest
    goal "GET …/progress over Hummingbird's bare static route" progress flashsale 'Hummingbird, static route' value '>=' \
        0.95 -
}
