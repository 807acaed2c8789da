# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # deploy/bench and the other files share these variables
# From the start of flashsale-api to its first answer.

part_start() {
    local began
    start_line plain-api none
    for ((round = 1; round <= 5; round++)); do
        free_port
        began=${EPOCHREALTIME/[.,]/}
        with_stores plain-api bench launch started "$programs/flashsale-api" --http-port "$port"
        until healthy "$port" 2>/dev/null; do
            ((${EPOCHREALTIME/[.,]/} - began < 10000000)) || stop 'flashsale-api did not answer within 10 s.'
        done
        record start 'flashsale-api, exec to first 200' s \
            "$(awk -v us=$((${EPOCHREALTIME/[.,]/} - began)) 'BEGIN { printf "%.4f", us / 1000000 }')"
        end_latest
    done
    goal 'start to first answered request, s' start 'flashsale-api, exec to first 200' - value '<=' 0.3 -
}

# Whether /health answers 200; without a process of its own, which would take longer than the answer.
healthy() {
    local line
    exec 3<>"/dev/tcp/127.0.0.1/$1" || return 1
    printf 'GET /health HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n' >&3
    IFS= read -r -t 2 line <&3
    exec 3>&-
    [[ $line == 'HTTP/1.1 200'* ]]
}
