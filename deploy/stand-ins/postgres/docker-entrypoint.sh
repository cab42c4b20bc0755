#!/usr/bin/env bash
# What the official image does with POSTGRES_* and /docker-entrypoint-initdb.d, as far as docker-compose.yml uses it.
set -euo pipefail

if [[ $1 == postgres && $(id -u) == 0 ]]; then
  install -d -o postgres -m 0700 "$PGDATA"
  exec gosu postgres "${BASH_SOURCE[0]}" "$@"
fi

if [[ $1 == postgres && ! -s $PGDATA/PG_VERSION ]]; then
  initdb --username="$POSTGRES_USER" --pwfile=<(echo "$POSTGRES_PASSWORD") --encoding=UTF8 --locale=C.UTF-8 \
    --auth-local=trust --auth-host=trust
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  {
    echo "listen_addresses = '*'"
    echo "unix_socket_directories = '/var/run/postgresql'"
  } >>"$PGDATA/postgresql.conf"

  # On the socket only, so that nobody outside takes this server for the finished one.
  pg_ctl start --wait --options="-c listen_addresses=''" >/dev/null
  run_sql=(psql -v ON_ERROR_STOP=1 --no-password --no-psqlrc --username "$POSTGRES_USER")
  "${run_sql[@]}" --dbname postgres -c "CREATE DATABASE $POSTGRES_DB"
  for file in /docker-entrypoint-initdb.d/*.sql; do
    echo "running $file"
    "${run_sql[@]}" --dbname "$POSTGRES_DB" -f "$file"
  done
  pg_ctl stop --mode=fast --wait >/dev/null
fi

exec "$@"
