#!/usr/bin/env bash
# Starts the whole system and waits until it is ready. Harmless when it is running.
set -uo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")" || exit 1

usage() {
  cat <<'END'
Usage: ./start-system.sh [--docker | --native] [--observe] [--without SERVICE]

Starts Kafka, PostgreSQL, Redis, a mail catcher and the four services, waits until all are ready and prints where they
are. Without an option: with Docker Compose when a Docker engine answers, else natively.

  --docker   with Docker Compose
  --native   without Docker; needs Java 17 or newer, Maven and npm. Data, logs and downloads are kept in .local
  --observe  with traces: natively Zipkin (160 MB more to download and of memory); with Docker Jaeger, Prometheus and Grafana
  --without SERVICE
             leaves a service out, to be run from source, and prints the command for that. May be repeated
  --help     show this text

A port that is taken is moved by a variable, in .env or for this once: POSTGRES_HOST_PORT=5433 ./start-system.sh
Stop with ./stop-system.sh; ./stop-system.sh --volumes removes the data too.
END
}

# For each service that is left out: the environment with which it joins the system when it is run from source.
write_environments() {
  local service
  for service in $START_WITHOUT; do
    mkdir -p .local/run
    node tools/stack/cli.ts env "$service" >".local/run/$service.env" || return 1
  done
}

# The address of one component, from the lines in $addresses.
address_of() {
  printf '%s\n' "$addresses" | sed -n "s/^$1=//p" | sed 's/127\.0\.0\.1/localhost/'
}

native_summary() {
  local addresses
  addresses=$(node tools/stack/cli.ts urls)
  print_summary address_of "$(address_of mail)" '' "$(address_of traces)"
  echo "Logs: .local/logs/<component>.log"
}

start_natively() {
  . tools/node.sh
  node tools/stack/cli.ts preflight
  case $? in
    0) ensure_node_modules && ensure_built || return 1 ;;
    3)
      echo "It is already running."
      if [ -n "$OBSERVE" ] && [ -z "$(native_url_of traces)" ]; then
        echo "It was started without --observe; run ./stop-system.sh first to start it anew." >&2
      fi
      ;;
    *) return 1 ;;
  esac
  node tools/stack/cli.ts start || return
  write_environments || return
  native_summary
}

. tools/stack/running.sh
. tools/stack/summary.sh
. tools/stack/docker.sh

mode=
OBSERVE=
START_WITHOUT=
while [ $# -gt 0 ]; do
  case $1 in
    --docker) mode=docker ;;
    --native) mode=native ;;
    --observe) OBSERVE=yes ;;
    --without)
      if ! service_names | grep -qx -- "${2:-}"; then
        echo "--without requires one of" $(service_names) >&2
        exit 2
      fi
      START_WITHOUT="${START_WITHOUT:+$START_WITHOUT }$2"
      shift
      ;;
    -h | --help)
      usage
      exit 0
      ;;
    *)
      echo "Unknown option: $1" >&2
      usage >&2
      exit 2
      ;;
  esac
  shift
done
export OBSERVE START_WITHOUT

if [ "$mode" != native ] && docker_answers; then
  if [ -z "$mode" ] && native_runs; then mode=native; else mode=docker; fi
elif [ "$mode" = docker ]; then
  echo "Docker is not running. Start it, or use --native." >&2
  exit 1
fi

if [ "$mode" = docker ]; then start_in_docker; else start_natively; fi
