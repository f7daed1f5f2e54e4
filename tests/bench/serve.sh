#!/usr/bin/env bash
# A server of the peers' root, for as long as standard input is open: serve.sh ROOT postgres|ejabberd|nats DATA PORT [CERTIFICATE KEY]. DATA is kept and lies on the
# disk our hub is measured on. Says "ready" once it takes connections; of nats when it is begun, since who measures that dials. With a certificate every connection is TLS.
# In mount and process namespaces of its own, so that whatever it starts ends with it.
set -euo pipefail
root=$1 what=$2 data=$3 port=$4 certificate=${5:-} key=${6:-}
if [ -z "${INNS:-}" ]; then exec env INNS=1 unshare --mount --pid --fork --kill-child --propagation private "$0" "$@"; fi
at=/bench/$what
mkdir -p "$data" "$root$at"
mount --bind "$data" "$root$at"
mount -t proc proc /proc
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
if [ -n "$certificate" ]; then
  cat "$key" "$certificate" > "$root$at/server.pem"
  cp "$certificate" "$root$at/server.crt"
  cp "$key" "$root$at/server.key"
fi
owned() { chroot "$root" chown -R "$1" "$at"; }
as() { local who=$1; shift; chroot --userspec="$who:$who" "$root" env HOME="$at" "$@"; }
listening() {
  for _ in $(seq 300); do (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && return; sleep 0.1; done
  echo "$what does not listen" >&2
  exit 1
}
held() { echo ready; cat >/dev/null || true; }
case $what in
postgres)
  owned postgres
  bin=/usr/lib/postgresql/15/bin
  [ -d "$data/d" ] || as postgres $bin/initdb -D $at/d -A trust -E UTF8 --locale=C.UTF-8 >/dev/null
  as postgres $bin/pg_ctl -D $at/d -w -l $at/log -o "-c listen_addresses='' -c unix_socket_directories=$at -c shared_buffers=512MB -c max_wal_size=4GB" start >/dev/null
  held
  as postgres $bin/pg_ctl -D $at/d -m fast stop >/dev/null ;;
ejabberd)
  mkdir -p "$data/db" "$data/log"
  tls=; [ -z "$certificate" ] || tls="tls: true, "
  cat > "$data/ejabberd.yml" <<X
hosts: [localhost, anon.localhost]
loglevel: warning
${certificate:+certfiles: [$at/server.pem]}
listen:
  - {port: $port, ip: "127.0.0.1", module: ejabberd_c2s, max_stanza_size: 262144, shaper: none, access: c2s, starttls: false, ${tls}backlog: 1024}
host_config:
  anon.localhost: {auth_method: [anonymous], anonymous_protocol: sasl_anon, allow_multiple_connections: true}
access_rules: {c2s: {allow: all}}
modules: {mod_disco: {}, mod_roster: {}, mod_admin_extra: {}}
X
  printf 'INET_DIST_INTERFACE=127.0.0.1\nERL_EPMD_ADDRESS=127.0.0.1\nERLANG_NODE=zt@localhost\n' > "$data/ctl.cfg"
  grep -q localhost "$root/etc/hosts" 2>/dev/null || echo "127.0.0.1 localhost" >> "$root/etc/hosts"
  owned ejabberd
  as ejabberd ERL_EPMD_ADDRESS=127.0.0.1 ejabberdctl --no-timeout --config-dir $at --config $at/ejabberd.yml --ctl-config $at/ctl.cfg --logs $at/log --spool $at/db foreground >"$data/out.txt" 2>&1 &
  listening
  sleep 2
  held ;;
nats)
  tls=(); [ -z "$certificate" ] || tls=(--tls --tlscert $at/server.crt --tlskey $at/server.key)
  echo "starting=$EPOCHREALTIME"
  chroot "$root" /usr/sbin/nats-server -a 127.0.0.1 -p "$port" -js -sd $at "${tls[@]}" >"$data/out.txt" 2>&1 &
  server=$!
  held
  kill -INT $server
  wait $server || true ;;
esac
