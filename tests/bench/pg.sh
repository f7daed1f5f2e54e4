#!/usr/bin/env bash
# The peer of H1: a throw-away PostgreSQL 15 in the peers' root, reached over TLS on loopback as our hub is, and the hub command as one function call (a row
# into cmd, one doc updated, a row into outbox, one transaction, synchronous_commit on): pg.sh ROOT DATA SECONDS CLIENTS PORT CERTIFICATE KEY. DATA lies on the
# disk our hub is measured on.
set -euo pipefail
root=$1 data=$2 seconds=$3 clients=$4 port=$5 certificate=$6 key=$7
if [ -z "${INNS:-}" ]; then exec env INNS=1 unshare --mount --propagation private "$0" "$@"; fi
rm -rf "$data"; mkdir -p "$data" "$root/bench/pg"
cp "$certificate" "$data/server.crt"
cp "$key" "$data/server.key"
chmod 600 "$data/server.key"
mount --bind "$data" "$root/bench/pg"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
chroot "$root" chown -R postgres /bench/pg
bin=/usr/lib/postgresql/15/bin
as() { chroot "$root" su postgres -s /bin/sh -c "cd /bench/pg && $1"; }
trap 'as "$bin/pg_ctl -D /bench/pg/d -m immediate stop" >/dev/null 2>&1 || true; umount "$root/bench/pg" 2>/dev/null || true; rm -rf "$data"' EXIT
as "$bin/initdb -D d -A trust -E UTF8 --locale=C.UTF-8" >/dev/null
as "$bin/pg_ctl -D d -w -l log -o \"-c listen_addresses=127.0.0.1 -c port=$port -c ssl=on -c ssl_cert_file=/bench/pg/server.crt -c ssl_key_file=/bench/pg/server.key -c unix_socket_directories=/bench/pg -c shared_buffers=512MB -c max_wal_size=4GB\" start" >/dev/null
cat > "$root/bench/pg/make.sql" <<'X'
CREATE TABLE cmd(id uuid PRIMARY KEY, seq bigserial, actor int, kind int, payload text);
CREATE TABLE doc(id int PRIMARY KEY, rev int, state int, body text);
CREATE TABLE outbox(seq bigserial PRIMARY KEY, doc int, rev int, ev text);
INSERT INTO doc SELECT i, 0, 0, '关于印发通知的请示' FROM generate_series(1, 10000) i;
CREATE FUNCTION hub_cmd(a int, d int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO cmd(id, actor, kind, payload) VALUES (gen_random_uuid(), a, 1, '{"op":"approve","comment":"同意，请按程序办理。"}');
  UPDATE doc SET rev = rev + 1, state = a % 7 WHERE id = d;
  INSERT INTO outbox(doc, rev, ev) VALUES (d, 1, '{"op":"approved"}');
END $$;
X
cat > "$root/bench/pg/cmd.sql" <<'X'
\set doc random(1, 10000)
\set actor random(1, 500)
SELECT hub_cmd(:actor, :doc);
X
chmod 644 "$root"/bench/pg/*.sql
# No way in without TLS, so that a figure without it cannot come about.
printf 'local all all trust\nhostssl all all 127.0.0.1/32 trust\n' > "$data/d/pg_hba.conf"
as "$bin/pg_ctl -D d reload" >/dev/null
as "$bin/psql -h /bench/pg -p $port -q -d postgres -f make.sql"
as "PGSSLMODE=verify-full PGSSLROOTCERT=/bench/pg/server.crt $bin/pgbench -h localhost -p $port -n -M prepared -T $seconds -f cmd.sql -c $clients -j 2 postgres" 2>/dev/null | awk '/^tps/{print "commands_per_s=" $3}'
