#!/usr/bin/env bash
# Runs a service from its sources, in the system of this working copy, and again whenever they change.
set -uo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." || exit 1
. tools/stack/running.sh

usage() {
  cat <<END
Usage: npm run start:dev SERVICE      (or start:debug, with Node's inspector on port 9229)

Runs $(service_names | paste -sd ' ' -)
from source, with the addresses of the system of this working copy. Start that without it: ./start-system.sh --without SERVICE
Errors of types are shown beside; they stop nothing.
END
}

debug=()
service=
for argument in "$@"; do
  case $argument in
    --debug) debug=(--debug) ;;
    *) service=$argument ;;
  esac
done
if ! service_names | grep -qx -- "$service"; then
  usage >&2
  exit 2
fi
if native_runs && [ -n "$(native_url_of "$service")" ]; then
  echo "The system that runs has its own $service. Stop it, and start it with ./start-system.sh --without $service" >&2
  exit 1
fi

. tools/node.sh
ensure_node_modules || exit 1
# Read before it is written: it may say which port the service was meant to have.
environment=$(node tools/stack/cli.ts env "$service") || exit 1
mkdir -p .local/run
printf '%s\n' "$environment" >".local/run/$service.env"

stop() {
  trap - EXIT INT TERM
  kill -TERM "$program" "$checker" 2>/dev/null
  wait "$program"
}

# The build takes types away without looking at them.
node_modules/.bin/tsc -p "apps/$service/tsconfig.app.json" --rootDir . --noEmit --watch --preserveWatchOutput &
checker=$!
# Without a shell between them, which would not hand a signal on.
node_modules/.bin/nest start "$service" ${debug[@]+"${debug[@]}"} --watch --no-shell --env-file ".local/run/$service.env" &
program=$!
trap stop EXIT INT TERM
wait "$program"
