# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # deploy/bench and the other files share these variables
# The API's memory with ten thousand event streams open.

part_streams() {
    local count=$((quick ? 1000 : 10000)) url status opened refused before after
    (($(ulimit -n) > count + 100)) || stop "$count streams need more open files than ulimit -n allows: $(ulimit -n)."
    start_line streams none
    start_api streams
    fill streams 1 1 "$count"
    url=$(line_url "${api_port[streams]}")
    status=$(curl -s -m 2 -o /dev/null -w '%{http_code}' "$url/w1/events" || true)
    if [[ $status != 200 ]]; then
        note "streams: this build has no event streams (GET …/events answers $status)."
        return 0
    fi
    before=$(resident streams)
    launch streams "$tools/flashsale-bench" streams --url "$url/w{n}/events" --count "$count" --hold 60
    wait_for 50 streams grep -q '^STREAMS ' "$folder/streams.log"
    read -r _ opened refused <"$folder/streams.log"
    # Two heartbeats or changes of the line may come by meanwhile: what they need counts.
    sleep 3
    after=$(resident streams)
    end_latest
    round=1
    record streams 'API memory, no streams' MB "$before"
    record streams "API memory, $opened streams" MB "$after" '' '' '' "$refused"
    goal "API memory with $count open event streams, MB" streams "API memory, $opened streams" - value '<=' 150 -
}
