# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # deploy/bench and the other files share these variables
# Sourced by deploy/bench: what it needs, and what it ran on.

nginx_modules=/usr/lib/nginx/modules

# The packages of $bench_packages, as deploy/packages.sh installs its own; nothing is installed unless asked for.
require_bench_packages() {
    local missing='' package program
    if command -v dpkg-query >/dev/null 2>&1; then
        for package in $bench_packages; do is_installed "$package" || missing+=" $package"; done
        [[ -n $missing ]] || return 0
        ((installs)) || stop "These packages are missing:$missing. Run it with --install, or install them yourself."
        install_packages "$missing"
        return
    fi
    for program in redis-server redis-cli redis-benchmark mariadb mariadb-install-db nginx webdis wrk curl; do
        command -v "$program" >/dev/null 2>&1 || missing+=" $program"
    done
    [[ -z $missing ]] || stop "These programs are missing:$missing. Install them and nginx's Lua module with lua-cjson."
    [[ -f $nginx_modules/ngx_http_lua_module.so ]] || stop "nginx's Lua module is not in $nginx_modules."
}

# Lines of "name: value".
describe_machine() {
    printf 'date: %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
    printf 'version: %s\n' "$(git rev-parse --short HEAD 2>/dev/null || echo unknown)$(
        [[ -z $(git status --porcelain --untracked-files=no 2>/dev/null) ]] || echo ', changed')"
    printf 'cpu: %s × %s\n' "$(nproc)" "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)"
    printf 'memory: %s MB\n' "$(awk '/^MemTotal/ { printf "%d", $2 / 1024 }' /proc/meminfo)"
    printf 'kernel: %s\n' "$(uname -sr)"
    printf 'file system: %s\n' "$(df --output=fstype "$folder" | tail -n 1)"
    printf 'load before: %s\n' "$load_before"
    printf 'redis: %s\n' "$(redis-server --version | sed -n 's/.*v=\([^ ]*\).*/\1/p')"
    printf 'mariadb: %s\n' "$(mariadb --version | sed -n 's/.*Distrib \([^,]*\).*/\1/p')"
    printf 'nginx: %s\n' "$(nginx -v 2>&1 | sed 's/.*nginx\///')"
    printf 'webdis: %s\n' "$(dpkg-query -W -f '${Version}' webdis 2>/dev/null || echo unknown)"
    printf 'wrk: %s\n' "$(wrk -v 2>&1 | sed -n '1s/^wrk \([^ ]*\).*/\1/p')"
    printf 'swift: %s' "$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([^ ]*\).*/\1/p' | head -n 1)"
}
load_before=$(cut -d' ' -f1-3 /proc/loadavg)
