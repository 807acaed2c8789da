# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # deploy/bench and the other files share these variables
# Status polls of waiting users: ours and nginx + Lua by the standing script, webdis by HGET of a text as long as ours.

poll_users=10000

part_poll() {
    local name text
    for name in plain-api plain-nginx plain-webdis; do
        start_line "$name" none
        fill "$name" 1 1 "$poll_users"
    done
    start_api plain-api
    peer nginx plain-nginx
    text=$(curl -fs "$(line_url "${api_port[plain-api]}")/w1")
    fill_statuses plain-webdis "$text"
    peer webdis plain-webdis
    # Tuning empties the line.
    fill_statuses plain-webdis "$text"
    fill plain-nginx 1 1 "$poll_users"
    check_poll "$(line_url "${peer_port[nginx-plain-nginx]}")/w1" '"status":"queued"'
    check_poll "http://127.0.0.1:${peer_port[webdis-plain-webdis]}/HGET/bench_statuses/w1" 'queued'

    for ((round = 1; round <= rounds; round++)); do
        poll_round flashsale "$(line_url "${api_port[plain-api]}")/"
        poll_round 'webdis, HGET' "http://127.0.0.1:${peer_port[webdis-plain-webdis]}/HGET/bench_statuses/"
        poll_round 'nginx + Lua' "$(line_url "${peer_port[nginx-plain-nginx]}")/"
    done
    for name in plain-api plain-nginx plain-webdis; do empty_line "$name"; done
    goal 'status poll over webdis HGET' poll flashsale 'webdis, HGET' value '>=' 1.1 -
}

poll_round() {
    load poll "$2" "$poll_users"
    record_load poll "$1" "$output"
}

check_poll() { [[ $(curl -fs -m 5 "$1") == *"$2"* ]] || stop "$1 does not show a waiting user."; }

# fill_statuses NAME TEXT: a hash of the users' statuses, as a shop might keep it for webdis to read.
fill_statuses() {
    local text=${2//\"/\\\"}
    awk -v text="${text//\\/\\\\}" -v users="$poll_users" 'BEGIN {
        for (n = 1; n <= users; n++) print "HSET bench_statuses w" n " \"" text "\"\r"
    }' | redis "$1" --pipe >"$folder/fill.log" 2>&1 || stop 'The statuses could not be written.'
}
