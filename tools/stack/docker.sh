# Sourced by start-system.sh and stop-system.sh: the system in Docker Compose, version 2 or 1.29.

docker_answers() {
  command -v docker >/dev/null || return 1
  # A client whose engine hangs must not hang us.
  docker info >/dev/null 2>&1 &
  local client=$! rounds=0
  while kill -0 "$client" 2>/dev/null; do
    if [ "$rounds" -ge 50 ]; then
      kill "$client" 2>/dev/null
      return 1
    fi
    rounds=$((rounds + 1))
    sleep 0.1
  done
  wait "$client"
}

# Sets `compose` to the command there is.
find_compose() {
  if docker compose version >/dev/null 2>&1; then
    compose=(docker compose)
  elif command -v docker-compose >/dev/null; then
    compose=(docker-compose)
  else
    return 1
  fi
}

docker_containers() {
  "${compose[@]}" ps -a -q 2>/dev/null
}

# One line per container: its service, its state, its health (or "none"), its exit code, how often it was restarted.
container_states() {
  local ids
  ids=$(docker_containers)
  [ -n "$ids" ] || return 0
  # shellcheck disable=SC2086 # one word per id is meant
  docker inspect --format \
    '{{index .Config.Labels "com.docker.compose.service"}} {{.State.Status}} {{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}} {{.State.ExitCode}} {{.RestartCount}}' \
    $ids
}

# What became of a container: ready, failed, or nothing yet. A container that ended well has done its work.
judge() {
  # It ends again and again.
  if [ "$1" = restarting ] && [ "$4" -ge 3 ]; then echo failed; fi
  case "$1/$2/$3" in
    running/healthy/* | running/none/* | exited/*/0) echo ready ;;
    exited/* | dead/* | running/unhealthy/*) echo failed ;;
  esac
}

# Compose 1.29 cannot wait for health, so both versions are waited for in the same way.
docker_wait() {
  local began=$SECONDS shown=' ' service state health code restarts open
  while [ $((SECONDS - began)) -lt "${START_TIMEOUT_SECONDS:-600}" ]; do
    open=0
    while read -r service state health code restarts; do
      case $(judge "$state" "$health" "$code" "$restarts") in
        ready)
          case $shown in
            *" $service "*) ;;
            *)
              shown="$shown$service "
              printf '  ready  %-22s %5s s\n' "$service" $((SECONDS - began))
              ;;
          esac
          ;;
        failed)
          docker_failed "$service" "is $state ($health, exit code $code)"
          return 1
          ;;
        *) open=$((open + 1)) ;;
      esac
    done < <(container_states)
    if [ "$open" -eq 0 ] && [ "$shown" != ' ' ]; then return 0; fi
    sleep 1
  done
  docker_failed "${service:-a container}" "was not ready in time"
  return 1
}

docker_failed() {
  echo >&2
  echo "The system could not be started: $1 $2" >&2
  echo "Log: ${compose[*]} logs $1" >&2
  "${compose[@]}" logs --tail=15 "$1" >&2
}

# url_of SERVICE CONTAINER_PORT: where it is published on this machine.
url_of() {
  local address
  address=$("${compose[@]}" port "$1" "$2" 2>/dev/null)
  [ -n "$address" ] || return 0
  echo "http://localhost:${address##*:}"
}

docker_url_of() {
  url_of "$1" "$(documented_port "$1")"
}

docker_summary() {
  print_summary docker_url_of "$(url_of mailpit 8025)" "$(url_of kafka-ui 8080)"
  if [ -z "${OBSERVE:-}" ]; then return 0; fi
  printf '\n  %-22s%s\n' dashboards "$(url_of grafana 3000)" metrics "$(url_of prometheus 9090)" \
    alerts "$(url_of alertmanager 9093)" traces "$(url_of jaeger 16686)"
}

# The profile of docker-compose.yml that shows metrics and traces. Services send traces only when they are told where.
observe_in_docker() {
  export COMPOSE_PROFILES=observability
  export OTEL_EXPORTER_OTLP_ENDPOINT=${OTEL_EXPORTER_OTLP_ENDPOINT:-http://jaeger:4318}
}

start_in_docker() {
  if ! find_compose; then
    echo "Docker is running, but Docker Compose is missing: install the plugin (docker compose) or docker-compose." >&2
    return 1
  fi
  if [ -n "${OBSERVE:-}" ]; then observe_in_docker; fi
  # What stood before is left standing when this start fails; what this start began is not.
  local stood service
  local -a scale=()
  for service in ${START_WITHOUT:-}; do scale+=(--scale "$service=0"); done
  stood=$(docker_containers)
  trap 'trap - INT TERM; undo_docker "$stood"; exit 130' INT TERM
  echo "Starting with Docker Compose …"
  if ! "${compose[@]}" up -d --build --remove-orphans ${scale[@]+"${scale[@]}"} || ! docker_wait; then
    undo_docker "$stood"
    return 1
  fi
  trap - INT TERM
  # Whoever runs a service from source has Node.js; nobody else needs it here.
  if [ -n "${START_WITHOUT:-}" ]; then
    . tools/node.sh && write_environments || return 1
  fi
  docker_summary
}

undo_docker() {
  if [ -n "$1" ]; then return 0; fi
  "${compose[@]}" down --remove-orphans >/dev/null 2>&1
  echo "Nothing was left running." >&2
}

# stop_in_docker [--volumes]
stop_in_docker() {
  find_compose || return 0
  # What stands only with --observe is stopped too.
  export COMPOSE_PROFILES=observability
  if [ -z "$(docker_containers)" ] && [ $# -eq 0 ]; then
    echo "No system is running in Docker."
    return 0
  fi
  "${compose[@]}" down --remove-orphans "$@"
}
