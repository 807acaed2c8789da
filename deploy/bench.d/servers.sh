# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # deploy/bench and the other files share these variables
# Sourced by deploy/bench: private servers in the run's folder, on free ports, and their end.

# What we started, in order.
processes=()
declare -A redis_port api_port api_pid peer_port

# Runs a command in the background with its output in LOG; $! is its process id afterwards.
launch() {
    local log=$1
    shift
    # The kernel ends it, should this script be killed.
    setpriv --pdeathsig TERM -- "$@" >"$folder/$log.log" 2>&1 </dev/null &
    processes+=("$!")
}

# Ends one process of ours: SIGTERM, after five seconds SIGKILL.
end_process() {
    local pid=$1 tries
    kill -TERM "$pid" 2>/dev/null || return 0
    for ((tries = 0; tries < 100; tries++)); do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.05
    done
    kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
}

end_all() {
    local index
    # The latest first: programs before their stores.
    for ((index = ${#processes[@]} - 1; index >= 0; index--)); do end_process "${processes[index]}"; done
    processes=()
    rm -rf "$folder"
}

# A TCP port that nobody listens on, below those that the kernel gives to clients; in $port.
taken_ports=' '
free_port() {
    while :; do
        port=$((20000 + RANDOM % 10000))
        [[ $taken_ports == *" $port "* ]] && continue
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && continue
        taken_ports+="$port "
        return
    done
}

# wait_for SECONDS NAME COMMAND…: until the command succeeds; ends the run, with NAME's log, when it never does.
wait_for() {
    local seconds=$1 name=$2
    local end=$((SECONDS + seconds))
    shift 2
    until "$@" >/dev/null 2>&1; do
        if ((SECONDS > end)); then
            [[ ! -f $folder/$name.log ]] || tail -n 5 "$folder/$name.log" >&2
            stop "$name was not ready within $seconds s."
        fi
        sleep 0.05
    done
}

answers() { curl -fs -m 2 -o /dev/null "$1"; }

# redis NAME COMMAND…
redis() {
    local name=$1
    shift
    redis-cli -p "${redis_port[$name]}" "$@"
}

# start_redis NAME none|always: the shipped configuration; with none, nothing is written to disk.
start_redis() {
    local name=$1 appendonly=no
    [[ -z ${redis_port[$name]:-} ]] || return 0
    [[ $2 == none ]] || appendonly=yes
    free_port
    redis_port[$name]=$port
    mkdir "$folder/redis-$name"
    launch "redis-$name" redis-server "$root/config/redis.conf" --port "$port" --bind 127.0.0.1 \
        --dir "$folder/redis-$name" --appendonly "$appendonly" --maxmemory 4gb
    wait_for 30 "redis-$name" redis "$name" ping
}

sql() { mariadb --no-defaults --socket="$folder/mariadb.sock" --user=root --batch --skip-column-names "$@"; }

# The one MariaDB of the run, with the shipped configuration.
start_mariadb() {
    local as=() data=$folder/mariadb
    [[ ! -d $data ]] || return 0
    [[ $(id -u) != 0 ]] || as=(--user=root)
    mkdir "$folder/tmp"
    mariadb-install-db --no-defaults --datadir="$data" --tmpdir="$folder/tmp" --skip-test-db \
        --auth-root-authentication-method=normal --innodb-log-file-size=4M "${as[@]}" >"$folder/install.log" 2>&1 ||
        { tail -n 5 "$folder/install.log" >&2; stop 'mariadb-install-db failed.'; }
    { cat "$root/config/mariadb.cnf"; printf '%s\n' '' '[mariadbd]' "datadir=$data" "tmpdir=$folder/tmp" \
        "socket=$folder/mariadb.sock" "pid_file=$folder/mariadb.pid" skip_networking; } >"$folder/mariadb.cnf"
    launch mariadb "$(PATH=$PATH:/usr/sbin command -v mariadbd)" --defaults-file="$folder/mariadb.cnf" "${as[@]}"
    wait_for 60 mariadb sql -e 'SELECT 1'
}

# with_stores REDIS DATABASE COMMAND…: one of our programs on these stores.
with_stores() {
    local redis=$1 database=$2
    shift 2
    FLASHSALE_CONFIG=$folder/empty.yaml FLASHSALE_LOG_LEVEL=warning \
        FLASHSALE_REDIS_ADDRESS=redis://127.0.0.1:${redis_port[$redis]} FLASHSALE_MARIADB_USER=root \
        FLASHSALE_MARIADB_ADDRESS=unix:$folder/mariadb.sock FLASHSALE_MARIADB_DATABASE=$database "$@"
}

# make_database REDIS DATABASE: with our tables.
make_database() {
    sql -e "CREATE DATABASE IF NOT EXISTS $2 CHARACTER SET utf8mb4"
    with_stores "$1" "$2" "$programs/flashsale" migrate >"$folder/migrate.log" 2>&1 ||
        { cat "$folder/migrate.log" >&2; stop 'The database could not be migrated.'; }
}

# make_product REDIS DATABASE [STOCK [OPTION…]]: a product that everybody may join; its number in $product.
make_product() {
    local said
    said=$(with_stores "$1" "$2" "$programs/flashsale" product create --name Bench --stock "${3:-10000000}" --price 10 \
        --max-queue 100000000 --cart-seconds 86400 --json "${@:4}" 2>&1) || stop "No product: $said"
    product=$(sed -n 's/.*"id"[ ]*:[ ]*\([0-9][0-9]*\).*/\1/p' <<<"$said" | head -n 1)
    [[ -n $product ]] || stop "No product: $said"
}

# start_line NAME none|always: a Redis with the open line of product 1, as it is in the first one, and our scripts in it.
start_line() {
    local name=$1
    [[ -z ${redis_port[$name]:-} ]] || return 0
    if [[ -z ${redis_port[origin]:-} ]]; then
        start_mariadb
        start_redis origin none
        make_database origin bench
        make_product origin bench
    fi
    start_redis "$name" "$2"
    copy_sale origin "$name"
    enqueue_sha=$(load_script "$name" '#!lua' pace sale enqueue)
    standing_sha=$(load_script "$name" '#!lua flags=allow-oom' sale standing)
}

# copy_sale FROM TO: the sale's hash of product 1.
copy_sale() {
    local fields
    mapfile -t fields < <(redis "$1" hgetall 'flash_sale:{1}')
    ((${#fields[@]} > 4)) || stop 'The line of product 1 is not open.'
    redis "$2" hset 'flash_sale:{1}' "${fields[@]}" >/dev/null
}

# empty_line NAME: nobody waits any more, and all carts are gone. Ticket numbers go on: the API knows the last one.
empty_line() {
    local fields
    mapfile -t fields < <(redis "$1" hgetall 'flash_sale:{1}')
    redis "$1" flushall >/dev/null
    redis "$1" hset 'flash_sale:{1}' "${fields[@]}" >/dev/null
}

# load_script NAME FIRST-LINE FILE…: the script as LineScripts puts it together; prints its SHA.
load_script() {
    local name=$1 first=$2 file
    shift 2
    { printf '%s\n' "$first"
        for file; do cat "$root/Sources/FlashSaleStorage/Scripts/$file.lua"; done; } |
        redis "$name" -x script load
}

# fill NAME PRODUCT FIRST LAST: the users wFIRST … wLAST join by our own script.
fill() {
    awk -v sha="$enqueue_sha" -v product="$2" -v first="$3" -v last="$4" 'BEGIN {
        tag = ":{" product "}"
        for (n = first; n <= last; n++) {
            user = "w" sprintf("%d", n)
            print "EVALSHA " sha " 4 flash_sale" tag " flash_sale_queue" tag " flash_sale_outcome" tag \
                " flash_sale_pace" tag " " product " \"\" 0 10 1 " user " 1\r"
        }
    }' | redis "$1" --pipe >"$folder/fill.log" 2>&1 || { cat "$folder/fill.log" >&2; stop 'The line was not filled.'; }
}

# start_api NAME [DATABASE]: flashsale-api on the Redis of that name.
start_api() {
    local name=$1
    [[ -z ${api_port[$name]:-} ]] || return 0
    free_port
    api_port[$name]=$port
    with_stores "$name" "${2:-bench}" launch "api-$name" "$programs/flashsale-api" --http-port "$port"
    api_pid[$name]=$!
    wait_for 30 "api-$name" answers "http://127.0.0.1:$port/ready"
}

# start_nginx NAME WORKERS: nginx with our scripts in Lua, on the Redis of that name.
start_nginx() {
    local name=$1
    free_port
    peer_port[nginx-$name]=$port
    mkdir -p "$folder/nginx-$name"
    cat >"$folder/nginx-$name/nginx.conf" <<EOF
$([[ $(id -u) != 0 ]] || echo 'user root;')
worker_processes $2;
daemon off;
pid $folder/nginx-$name/pid;
error_log $folder/nginx-$name/error.log error;
load_module $nginx_modules/ndk_http_module.so;
load_module $nginx_modules/ngx_http_lua_module.so;
events { worker_connections 4096; }
http {
    access_log off;
    keepalive_requests 1000000000;
    client_body_buffer_size 16k;
    client_body_temp_path $folder/nginx-$name/body;
    lua_package_path '$root/deploy/bench.d/nginx/?.lua;;';
    init_by_lua_block {
        local line = require 'line'
        line.port, line.enqueue, line.standing = ${redis_port[$name]}, '$enqueue_sha', '$standing_sha'
    }
    server {
        listen 127.0.0.1:$port backlog=4096;
        location ~ ^/api/products/([0-9]+)/queue\$ { content_by_lua_block { require('line').join() } }
        location ~ ^/api/products/([0-9]+)/queue/([^/]+)\$ { content_by_lua_block { require('line').poll() } }
    }
}
EOF
    launch "nginx-$name" nginx -p "$folder/nginx-$name" -c "$folder/nginx-$name/nginx.conf" \
        -e "$folder/nginx-$name/error.log"
    wait_for 10 "nginx-$name" is_listening "$port"
}

# start_webdis NAME THREADS: webdis on the Redis of that name.
start_webdis() {
    local name=$1
    free_port
    peer_port[webdis-$name]=$port
    cat >"$folder/webdis-$name.json" <<EOF
{"redis_host": "127.0.0.1", "redis_port": ${redis_port[$name]}, "http_host": "127.0.0.1", "http_port": $port,
 "threads": $2, "pool_size": 20, "daemonize": false, "database": 0, "verbosity": 0,
 "logfile": "$folder/webdis-$name.txt"}
EOF
    launch "webdis-$name" webdis "$folder/webdis-$name.json"
    wait_for 10 "webdis-$name" is_listening "$port"
}

# start_cache NAME: nginx with the lines of deploy/nginx/flashsale.conf, in front of the API of that name.
start_cache() {
    local name=$1 home=$folder/cache-$1
    free_port
    peer_port[cache-$name]=$port
    mkdir "$home"
    sed -e "s|/var/cache/nginx/flashsale|$home/files|" -e "s|127.0.0.1:8080|127.0.0.1:${api_port[$name]}|" \
        -e "s|listen 80;|listen 127.0.0.1:$port backlog=4096;|" "$root/deploy/nginx/flashsale.conf" >"$home/flashsale.conf"
    cat >"$home/nginx.conf" <<EOF
$([[ $(id -u) != 0 ]] || echo 'user root;')
worker_processes auto;
daemon off;
pid $home/pid;
error_log $home/error.log error;
events { worker_connections 4096; }
http {
    access_log off;
    keepalive_requests 1000000000;
    include $home/flashsale.conf;
}
EOF
    launch "cache-$name" nginx -p "$home" -c "$home/nginx.conf" -e "$home/error.log"
    wait_for 10 "cache-$name" is_listening "$port"
}

is_listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1"); }

# end_latest: ends what was started last.
end_latest() {
    end_process "${processes[-1]}"
    unset 'processes[-1]'
}
