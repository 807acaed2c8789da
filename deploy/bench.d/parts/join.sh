# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # deploy/bench and the other files share these variables
# Joins of ever new users: ours, nginx + Lua and webdis with the same script, and Redis alone.

part_join() {
    local name
    for name in plain-api plain-nginx plain-webdis; do start_line "$name" none; done
    for name in aof-api aof-nginx; do start_line "$name" always; done
    peer nginx plain-nginx
    peer webdis plain-webdis
    peer nginx aof-nginx
    for name in plain-api aof-api; do start_api "$name"; check_api "$name"; done

    for ((round = 1; round <= rounds; round++)); do
        join_round plain-api api 'flashsale'
        join_round plain-nginx nginx 'nginx + Lua'
        join_round plain-webdis webdis 'webdis'
        join_round aof-api api 'flashsale, AOF always'
        join_round aof-nginx nginx 'nginx + Lua, AOF always'
        join_redis plain-webdis
    done
    goal 'join over nginx + Lua, same script' join flashsale 'nginx + Lua' value '>=' 1.5 1.25
    goal 'join over webdis, same script' join flashsale webdis value '>=' 1.5 1.25
    goal 'join over nginx + Lua, both with AOF always' join 'flashsale, AOF always' 'nginx + Lua, AOF always' value '>=' 1 -
}

join_round() {
    "load_$2" "$1"
    record_load join "$3" "$output"
    empty_line "$1"
}

# Redis's own limit: the script without HTTP.
join_redis() {
    local name=$1 rate
    local count=$((quick ? 50000 : 200000)) user=u__rand_int__
    rate=$(redis-benchmark -p "${redis_port[$name]}" -c 50 -P 16 -n "$count" -r 1000000000 --csv EVALSHA "$enqueue_sha" 4 \
        'flash_sale:{1}' 'flash_sale_queue:{1}' 'flash_sale_outcome:{1}' 'flash_sale_pace:{1}' 1 '' 0 10 1 "$user" 1 \
        2>/dev/null | awk -F'","' 'END { print $2 }')
    record join 'redis-benchmark, 50 × 16 in flight' 'requests/s' "$rate"
    empty_line "$name"
}
