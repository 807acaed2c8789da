# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # deploy/bench and the other files share these variables
# A sale: 80 % polls, 20 % joins.

part_mixed() {
    local name
    for name in plain-api plain-nginx; do start_line "$name" none; done
    start_api plain-api
    peer nginx plain-nginx
    for ((round = 1; round <= rounds; round++)); do
        mixed_round flashsale plain-api "${api_port[plain-api]}"
        mixed_round 'nginx + Lua' plain-nginx "${peer_port[nginx-plain-nginx]}"
    done
    goal 'mixed sale, 80 % polls, over nginx + Lua' mixed flashsale 'nginx + Lua' value '>=' 1 -
}

mixed_round() {
    fill "$2" 1 1 10000
    new_tag
    load mixed "$(line_url "$3")" "$tag" 10000
    record_load mixed "$1" "$output"
    empty_line "$2"
}
