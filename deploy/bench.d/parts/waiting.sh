# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # deploy/bench and the other files share these variables
# Joins at 0, 100,000 and 1,000,000 waiting users, and what a waiting user costs Redis.

part_waiting() {
    local count name many=$((quick ? 100000 : 1000000)) some=$((quick ? 10000 : 100000))
    local -A waiting=([none]=0 [some]=$some [many]=$many)
    for name in none some many; do
        start_line "waiting-$name" none
        start_api "waiting-$name"
    done
    fill waiting-some 1 1 "$some"
    measure_memory "$many"
    for ((round = 1; round <= rounds; round++)); do
        for name in none some many; do
            load_api "waiting-$name"
            record_load waiting "${waiting[$name]} waiting" "$output"
            # The long lines grow by what joined, which is little beside what waits; the empty one starts empty again.
            [[ $name != none ]] || empty_line waiting-none
        done
    done
    goal "joins at $many waiting, over an empty line" waiting "$many waiting" '0 waiting' value '>=' 0.95 -
    check_position "$many"
}

# A million users join by our own script: used_memory before and after.
measure_memory() {
    local before after length
    before=$(used_memory waiting-many)
    fill waiting-many 1 1 "$1"
    after=$(used_memory waiting-many)
    length=$(redis waiting-many llen 'flash_sale_queue:{1}')
    ((length == $1)) || stop "$length users wait, not $1."
    round=1
    record waiting 'Redis memory per waiting user' bytes $(((after - before) / $1))
    goal 'Redis memory per waiting user, bytes' waiting 'Redis memory per waiting user' - value '<=' 170 -
}

# A position does not cost more the longer the line is: it is a subtraction.
check_position() {
    local position
    position=$(curl -fs "$(line_url "${api_port[waiting-many]}")/w$1" | sed -n 's/.*"position":\([0-9]*\).*/\1/p')
    [[ $position == "$1" ]] || stop "User w$1 is at position ${position:-(none)}, not $1."
}
