# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # deploy/bench and the other files share these variables
# Sourced by deploy/bench: measuring, and keeping what was measured.

# record PART CASE UNIT VALUE [P50 P99 P99.9 ERRORS]: one measurement of this round; latencies in microseconds.
record() {
    printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$round" "$4" "${5:-}" "${6:-}" "${7:-}" "${8:-0}" \
        >>"$folder/records.tsv"
}

# note TEXT: for the end of the report.
note() { printf '%s\n' "$1" >>"$folder/notes.txt"; }

# goal TEXT PART CASE PEER FIELD OP GOAL LEAST: PEER may be '-' (the figure itself), FIELD value or p99; see report.awk.
goal() { (IFS=$'\t'; printf '%s\n' "$*" >>"$folder/goals.tsv"); }

# Keeps the line that a load generator printed: `BENCH requests seconds errors p50 p99 p99.9 max`.
record_load() {
    local part=$1 case=$2 output=$3 requests seconds errors p50 p99 p999
    read -r requests seconds errors p50 p99 p999 _ < <(sed -n 's/^BENCH //p' <<<"$output") ||
        stop "$part, $case: the load generator said: $output"
    measured=$(awk -v r="$requests" -v s="$seconds" 'BEGIN { printf "%.0f", r / s }')
    record "$part" "$case" 'requests/s' "$measured" "$p50" "$p99" "$p999" "$errors"
}

# load SCRIPT URL ARGUMENT…: one run of wrk, the same for everybody; its output in $output.
load() {
    local script=$1 url=$2
    shift 2
    output=$(BENCH_FOLDER=$bench wrk -t1 -c64 -d"${seconds}s" --timeout 5s -s "$bench/wrk/$script.lua" "$url" -- "$@")
}

# A name that no user had before, in $tag.
tags=0
new_tag() {
    tags=$((tags + 1))
    tag=$(printf 't%04d' "$tags")
}

# tune_peer KIND NAME SCRIPT PATH: starts nginx or webdis with one and with two processes or threads, and keeps the faster.
declare -A peer_size
tune_peer() {
    local kind=$1 name=$2 size rate best=0 whole=$seconds
    seconds=$((quick ? 1 : 2))
    for size in 1 2; do
        "start_$kind" "$name" "$size"
        "load_$kind" "$name"
        end_latest
        rate=$(sed -n 's/^BENCH \([0-9]*\) \([0-9.]*\) .*/\1 \2/p' <<<"$output" | awk '{ printf "%.0f", $1 / $2 }')
        ((rate > best)) && best=$rate peer_size[$kind]=$size
        empty_line "$name"
    done
    seconds=$whole
    note "$kind: ${peer_size[$kind]} of 1 and 2 workers or threads was the faster one."
}

# peer KIND NAME: nginx or webdis on the Redis of that name, at its best size, once.
peer() {
    local kind=$1 name=$2
    [[ -z ${peer_port[$kind-$name]:-} ]] || return 0
    [[ -n ${peer_size[$kind]:-} ]] || tune_peer "$kind" "$name"
    "start_$kind" "$name" "${peer_size[$kind]}"
    "check_$kind" "$name"
}

# line_url PORT [PRODUCT]
line_url() { printf 'http://127.0.0.1:%s/api/products/%s/queue' "$1" "${2:-1}"; }

# Bytes in use by the Redis of that name.
used_memory() { redis "$1" info memory | sed -n 's/^used_memory:\([0-9]*\).*/\1/p'; }

# Megabytes of memory that the API on the Redis of that name holds.
resident() { awk '/^VmRSS:/ { printf "%.1f", $2 / 1024 }' "/proc/${api_pid[$1]}/status"; }

load_api() { new_tag; load join "$(line_url "${api_port[$1]}")" "$tag"; }
load_nginx() { new_tag; load join "$(line_url "${peer_port[nginx-$1]}")" "$tag"; }
load_webdis() { new_tag; load webdis-join "http://127.0.0.1:${peer_port[webdis-$1]}/" "$tag" "$enqueue_sha"; }

# A peer that answers nonsense would be fast: two joins have to be two tickets, one after the other.
check_api() { check_tickets "$1" "$(line_url "${api_port[$1]}")" flashsale-api; }
check_nginx() { check_tickets "$1" "$(line_url "${peer_port[nginx-$1]}")" nginx; }
check_webdis() {
    local url="http://127.0.0.1:${peer_port[webdis-$1]}/EVALSHA/$enqueue_sha/4" tickets=''
    for _ in first second; do
        new_tag
        tickets+=" $(curl -fs -g -m 5 "$url/flash_sale:%7B1%7D/flash_sale_queue:%7B1%7D/$(
        )flash_sale_outcome:%7B1%7D/flash_sale_pace:%7B1%7D/1/-/0/10/1/$tag/1" |
            sed -n 's/^{"EVALSHA":\["answers",.*,\([0-9]*\)\]}$/\1/p')"
    done
    in_order webdis "$tickets"
}
check_tickets() {
    local tickets=''
    for _ in first second; do
        new_tag
        tickets+=" $(curl -fs -m 5 "$2" -H 'content-type: application/json' -d "{\"user_id\":\"$tag\"}" |
            sed -n 's/.*"ticket":\([0-9]*\).*/\1/p')"
    done
    in_order "$3" "$tickets"
}
in_order() {
    local first second
    read -r first second <<<"$2"
    ((second == first + 1)) || stop "$1 does not hand out tickets in order: '$2'."
}
