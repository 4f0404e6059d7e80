#!/bin/sh
# Writes what differs from place to place, from the environment, into local/ beside nginx.conf: run it before NGINX starts
# (the image does) and before a reload that shall see new values. README.md lists the variables.
set -eu

target=${1:-${INDAG_NGINX_LOCAL:-$(dirname "$0")/local}}
backends=${INDAG_BACKENDS:-127.0.0.1:8080}
resolver=${INDAG_RESOLVER:-}
page=${INDAG_PAGE_FOLDER:-/usr/share/indag/page}
http=${INDAG_HTTP_LISTEN:-8080}
https=${INDAG_HTTPS_LISTEN:-8443}
public=${INDAG_PUBLIC_URL:-}
tls=${INDAG_TLS_FOLDER:-}
proxies=${INDAG_TRUSTED_PROXIES:-}
rate=${INDAG_RATE_PER_SECOND:-100}
access_log=${INDAG_ACCESS_LOG:-/dev/stdout}

refuse() {
  echo "render.sh: $1" >&2
  exit 2
}

# Values go into a configuration: what could end a directive is refused.
plain() {
  case $2 in
    *[!A-Za-z0-9.:,_/\[\]-]*) refuse "$1 is \"$2\": $3" ;;
  esac
}

file_name() {
  case $2 in
    *[\"\'\$\;\{\}\\]* | *"
"*) refuse "$1 is \"$2\": write a path without quotes, dollars, braces, backslashes and semicolons" ;;
  esac
}

plain INDAG_BACKENDS "$backends" 'write host:port, several with commas, such as backend-1:8080,backend-2:8080'
plain INDAG_RESOLVER "$resolver" 'write the address of a DNS server, such as 127.0.0.11, or leave it out'
plain INDAG_HTTP_LISTEN "$http" 'write a port or address:port, such as 8080'
plain INDAG_HTTPS_LISTEN "$https" 'write a port or address:port, such as 8443'
plain INDAG_PUBLIC_URL "$public" 'write an address such as https://indag.example.org'
plain INDAG_TRUSTED_PROXIES "$proxies" 'write addresses or networks with commas, such as 10.0.0.0/8'
file_name INDAG_PAGE_FOLDER "$page"
file_name INDAG_TLS_FOLDER "$tls"
file_name INDAG_ACCESS_LOG "$access_log"
case $rate in
  '' | 0 | *[!0-9]*) refuse "INDAG_RATE_PER_SECOND is \"$rate\": write a whole number of requests, such as 100" ;;
esac
[ -f "$page/index.html" ] || refuse "INDAG_PAGE_FOLDER is \"$page\", which has no index.html: build the page by \"npm run build\" and name frontend/dist"

certificate=$tls/fullchain.pem
key=$tls/privkey.pem
with_tls=no
if [ -n "$tls" ]; then
  if [ -e "$certificate" ] || [ -e "$key" ]; then
    [ -r "$certificate" ] || refuse "INDAG_TLS_FOLDER has privkey.pem, but fullchain.pem is missing or not readable by $(id -un)"
    [ -r "$key" ] || refuse "INDAG_TLS_FOLDER has fullchain.pem, but privkey.pem is missing or not readable by $(id -un)"
    with_tls=yes
  fi
fi

words() { printf '%s\n' "$1" | tr ',' '\n' | sed '/^$/d'; }

# By NGINX 1.27.3 or later with a resolver: names are asked again, so a backend may move and may be absent at the start.
write_backends() {
  [ -z "$resolver" ] || echo "resolver $resolver valid=5s;"
  for backend in $(words "$backends"); do
    case $backend in
      *:*[!0-9]* | *: | :*) case $backend in \[*\]:[0-9]*) ;; *) refuse "INDAG_BACKENDS has \"$backend\": write host:port" ;; esac ;;
      *:*) ;;
      *) refuse "INDAG_BACKENDS has \"$backend\": write host:port" ;;
    esac
    echo "server $backend max_fails=5 fail_timeout=3s${resolver:+ resolve};"
  done
}

write_http() {
  echo "limit_req_zone \$binary_remote_addr zone=requests:10m rate=${rate}r/s;"
  echo "access_log \"$access_log\" indag;"
  for proxy in $(words "$proxies"); do echo "set_real_ip_from $proxy;"; done
  [ -z "$proxies" ] || printf '%s\n' 'real_ip_header X-Forwarded-For;' 'real_ip_recursive on;'
}

listen() {
  echo "  listen $1 $2;"
  case $1 in
    *[!0-9]*) ;;
    *) [ ! -f /proc/net/if_inet6 ] || echo "  listen [::]:$1 $2;" ;;
  esac
}

write_site() {
  printf '%s\n' "  root \"$page\";" '  include site.conf;' '}'
}

write_servers() {
  if [ "$with_tls" = no ]; then
    echo 'server {'
    listen "$http" default_server
    write_site
    return
  fi
  case $public in
    https://*) home=${public%/} ;;
    *) home='https://$host' ;;
  esac
  echo 'server {'
  listen "$http" default_server
  printf '%s\n' "  return 308 \"$home\$request_uri\";" '}' 'server {'
  listen "$https" 'ssl http2 default_server'
  printf '%s\n' "  ssl_certificate \"$certificate\";" "  ssl_certificate_key \"$key\";"
  write_site
}

# Refuses before the first file is touched.
servers_of_backends=$(write_backends)
mkdir -p "$target"
printf '%s\n' "$servers_of_backends" >"$target/backends.conf"
write_http >"$target/http.conf"
write_servers >"$target/servers.conf"
