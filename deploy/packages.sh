# Sourced by deploy/run and deploy/test: sees that swift and the Debian packages are there, and installs what is missing.

# What a build links against, and what runs beside the program.
flashsale_packages='libhiredis-dev libmariadb-dev redis-server mariadb-server'
# What the tests of the pages look through.
# shellcheck disable=SC2034
browser_packages='chromium chromium-driver'
# What a test puts in front of the API, with deploy/nginx/flashsale.conf.
# shellcheck disable=SC2034
proxy_packages='nginx'

say() { printf '%s\n' "$*" >&2; }

require_swift() {
    command -v swift >/dev/null 2>&1 && return
    say 'Swift is not installed (no swift in PATH). Install Swift 6.3 or newer: https://www.swift.org/install/linux/'
    exit 1
}

is_installed() {
    [ "$(dpkg-query -W -f '${Status}' "$1" 2>/dev/null)" = 'install ok installed' ]
}

require_packages() {
    if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
        require_without_apt
        return
    fi
    missing=''
    for package in $flashsale_packages; do
        is_installed "$package" || missing="$missing $package"
    done
    # For the requests that flashsale dev proposes, and for the certificates of the tests; any curl and openssl will do.
    command -v curl >/dev/null 2>&1 || missing="$missing curl"
    command -v openssl >/dev/null 2>&1 || missing="$missing openssl"
    # For the second verifier of draws; 3.11 or newer.
    command -v python3 >/dev/null 2>&1 || missing="$missing python3"
    [ -z "$missing" ] || install_packages "$missing"
}

# Installs the packages named in $1. Their services need not run: a machine without systemd is fine.
install_packages() {
    if [ "$(id -u)" = 0 ]; then
        as_root=''
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        as_root='sudo -n'
    else
        say "These packages are missing, and installing them needs root. Run this, then try again:"
        say "    sudo apt-get update && sudo apt-get install --no-install-recommends$1"
        exit 1
    fi
    say "Installing$1 …"
    # Split on purpose: $as_root is nothing or two words, $1 a list of packages. `env` sets the variable under sudo too.
    # shellcheck disable=SC2086
    if ! $as_root apt-get update -qq >&2 ||
        ! $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $1 >&2; then
        say "apt-get failed. Try it by hand: apt-get update && apt-get install --no-install-recommends$1"
        exit 1
    fi
}

# Not Debian: look for the programs and headers themselves.
require_without_apt() {
    missing=''
    command -v redis-server >/dev/null 2>&1 || missing="$missing redis-server (7.0 or newer),"
    command -v mariadbd >/dev/null 2>&1 || [ -x /usr/sbin/mariadbd ] || missing="$missing mariadbd (10.11 or newer),"
    [ -e /usr/include/hiredis/hiredis.h ] || missing="$missing hiredis with its headers,"
    [ -e /usr/include/mariadb/mysql.h ] || missing="$missing MariaDB Connector/C with its headers,"
    [ -z "$missing" ] && return
    say "This is not Debian, so please install these yourself:${missing%,}."
    exit 1
}
