#!/usr/bin/env bash
# Runs the real docker-compose.yml and Dockerfile once, end to end, on a machine that cannot pull images: stand-ins
# are built under the names and tags those two files ask for (stand-ins/build.sh), everything else is as shipped.
#
#   deploy/rehearse.sh                   build, start, call, kill, stop, reset; leaves only a cache behind
#   deploy/rehearse.sh --infrastructure  without the four services
#   deploy/rehearse.sh --keep            stops before taking the system down, and leaves it to you
#
# Needs root, a Debian-like Linux, Java >= 17 and Maven, Node and npm. Installs docker.io, docker-compose and
# debootstrap where they are missing. A Docker engine that already answers is used; otherwise one is started with its
# own socket and directory, and stopped in the end.
#
#   REHEARSAL_HOME   where everything is kept; remove it to start afresh (/var/tmp/order-processing-rehearsal)
#   DEBIAN_MIRROR    for debootstrap (http://deb.debian.org/debian)
#   *_HOST_PORT      as for docker-compose.yml, when a port is taken; REPLICA_HOST_PORTS for three replicas (8102-8104)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/.." && pwd)
home=${REHEARSAL_HOME:-/var/tmp/order-processing-rehearsal}
cd "$root"
. tools/stack/running.sh
infrastructure=(zookeeper kafka postgres redis kafka-ui mailpit)
read -r -a services <<<"$(service_names | tr '\n' ' ')"
keep=false
for argument in "$@"; do
  case "$argument" in
    --infrastructure) services=() ;;
    --keep) keep=true ;;
    *) echo "Unknown option $argument" >&2; exit 2 ;;
  esac
done

# A project of its own, so that `down -v` below can only reach volumes of the rehearsal.
export COMPOSE_PROJECT_NAME=rehearsal
orders=http://127.0.0.1:${ORDER_SERVICE_HOST_PORT:-$(documented_port order-service)}
inventory=http://127.0.0.1:${INVENTORY_SERVICE_HOST_PORT:-$(documented_port inventory-service)}
notifications=http://127.0.0.1:${NOTIFICATION_SERVICE_HOST_PORT:-$(documented_port notification-service)}

step() { printf '\n%s  %s\n' "$(date +%T)" "$*"; }
fail() { echo "FAILED: $*" >&2; exit 1; }
compose() { docker-compose --project-directory "$root" -f "$root/docker-compose.yml" "$@"; }
json() { node -pe "const answer = JSON.parse(require('fs').readFileSync(0, 'utf8')); $1"; }
order_id() { json 'answer.order_id ?? answer.id'; }

prerequisites() {
  [[ $EUID == 0 ]] || fail 'must run as root: debootstrap and dockerd do'
  for tool in java mvn node npm curl; do
    command -v "$tool" >/dev/null || fail "$tool is missing"
  done
  local packages=()
  command -v dockerd >/dev/null || packages+=(docker.io iptables)
  command -v docker-compose >/dev/null || packages+=(docker-compose)
  command -v debootstrap >/dev/null || packages+=(debootstrap)
  [[ ${#packages[@]} == 0 ]] && return
  step "Installing ${packages[*]}"
  { apt-get update && apt-get install -y --no-install-recommends "${packages[@]}"; } >"$home/apt.log" 2>&1 ||
    fail "could not install ${packages[*]}, see $home/apt.log"
}

engine_pid=''
had_bridge=true
forwarding=''
engine() {
  docker info >/dev/null 2>&1 && return
  ip link show docker0 >/dev/null 2>&1 || had_bridge=false
  forwarding=$(iptables -S FORWARD 2>/dev/null | sed -n 's/^-P FORWARD //p')
  step "Starting a Docker engine in $home/docker"
  export DOCKER_HOST=unix://$home/docker.sock
  dockerd --host "$DOCKER_HOST" --data-root "$home/docker" --exec-root "$home/docker-run" \
    --pidfile "$home/docker.pid" >"$home/dockerd.log" 2>&1 &
  engine_pid=$!
  for _ in {1..60}; do
    docker info >/dev/null 2>&1 && return
    kill -0 "$engine_pid" 2>/dev/null || break
    sleep 0.5
  done
  fail "dockerd did not start, see $home/dockerd.log"
}

clean_up() {
  local code=$?
  trap - EXIT
  if [[ $keep == true && $code == 0 ]]; then
    printf '\nLeft running. To use it:    export DOCKER_HOST=%s COMPOSE_PROJECT_NAME=%s\n' \
      "${DOCKER_HOST:-}" "$COMPOSE_PROJECT_NAME"
    echo "To end it:      docker-compose down -v${engine_pid:+ && kill $engine_pid}"
    [[ -z $engine_pid ]] || disown "$engine_pid"
    exit 0
  fi
  if [[ $code != 0 ]] && docker info >/dev/null 2>&1; then
    compose ps || true
    compose logs --no-color --tail=25 "${services[@]}" || true
    compose down -v >/dev/null 2>&1 || true
  fi
  if [[ -n $engine_pid ]]; then
    kill "$engine_pid" 2>/dev/null || true
    wait "$engine_pid" 2>/dev/null || true
    # The engine leaves its bridge, and a firewall that forwards nothing.
    [[ $had_bridge == true ]] || ip link delete docker0 2>/dev/null || true
    [[ -z $forwarding ]] || iptables -P FORWARD "$forwarding" 2>/dev/null || true
  fi
  exit "$code"
}

# The container of a service of docker-compose.yml; the four services of ours have no name of their own.
container() { compose ps --quiet "$1" 2>/dev/null | head -n 1; }

health() { docker inspect --format '{{.State.Health.Status}}' "$(container "$1")" 2>/dev/null || echo absent; }

wait_healthy() {
  local name deadline=$((SECONDS + 180))
  for name in "$@"; do
    until [[ $(health "$name") == healthy ]]; do
      ((SECONDS < deadline)) || fail "$name is $(health "$name"): $(docker inspect --format '{{json .State}}' "$(container "$name")")"
      sleep 1
    done
  done
  docker ps --format 'table {{.Names}}\t{{.Status}}\t{{.Ports}}'
}

place_order() {
  curl -fsS -X POST "$orders/orders" -H 'Content-Type: application/json' -d '{
    "user_id": "user_123",
    "items": [
      { "product_id": "LAPTOP001", "product_name": "Gaming Laptop", "quantity": 1, "price": 1299.99 }
    ]
  }'
}

expect_confirmed() {
  local status=''
  for _ in 1 2 3; do
    status=$(curl -fsS "$orders/orders/$1?wait=10s" | json answer.status)
    [[ $status == confirmed ]] && return
  done
  fail "order $1 is $status, not confirmed"
}

documented_calls() {
  local answer
  step 'The documented calls'
  answer=$(place_order)
  echo "$answer"
  order=$(order_id <<<"$answer")
  expect_confirmed "$order"
  echo "order $order is confirmed"
  curl -fsS "$inventory/inventory" && echo
  curl -fsS "$notifications/notifications?user_id=user_123" && echo
  local query
  for query in 'SELECT * FROM orders ORDER BY created_at DESC LIMIT 10;' \
    'SELECT * FROM payments ORDER BY created_at DESC LIMIT 10;' \
    'SELECT * FROM inventory;' \
    'SELECT * FROM notifications ORDER BY created_at DESC LIMIT 10;'; do
    echo "$query"
    docker exec -i postgres psql -U admin -d microservices_db -P pager=off -c "$query"
  done
}

# The process itself, from outside: `docker kill` counts as a wish of the user and is not undone.
kill_process() {
  local pid child restarts
  local id
  id=$(container "$1")
  pid=$(docker inspect --format '{{.State.Pid}}' "$id")
  restarts=$(docker inspect --format '{{.RestartCount}}' "$id")
  # Below docker-init, where there is one.
  child=$(cut -d ' ' -f 1 "/proc/$pid/task/$pid/children")
  step "SIGKILL for $1"
  kill -KILL "${child:-$pid}"
  for _ in {1..90}; do
    (($(docker inspect --format '{{.RestartCount}}' "$id") > restarts)) && [[ $(health "$1") == healthy ]] && break
    sleep 1
  done
  [[ $(health "$1") == healthy ]] || fail "$1 did not come back: $(health "$1")"
  echo "$1 is back and healthy"
}

volumes() { docker volume ls --quiet | wc -l; }

mkdir -p "$home"
prerequisites
trap clean_up EXIT
engine
# Where there is no BuildKit this is what happens anyway; said explicitly it happens without a lecture.
export DOCKER_BUILDKIT=0 COMPOSE_DOCKER_CLI_BUILD=0
step 'Stand-ins'
"$here/stand-ins/build.sh" "$home"

volumes_before=$(volumes)
step 'docker-compose up'
compose up -d --build "${infrastructure[@]}" "${services[@]}" >"$home/up.log" 2>&1 ||
  { tail -30 "$home/up.log"; fail "docker-compose up, see $home/up.log"; }
wait_healthy "${infrastructure[@]}" "${services[@]}"

if [[ ${#services[@]} -gt 0 ]]; then
  documented_calls
  kill_process order-service
  expect_confirmed "$(place_order | order_id)"
else
  docker exec -i postgres psql -U admin -d microservices_db -P pager=off -c '\dn'
fi
kill_process kafka

if [[ ${#services[@]} -gt 0 ]]; then
  step 'Three replicas of the payment service'
  PAYMENT_SERVICE_HOST_PORT=${REPLICA_HOST_PORTS:-8102-8104} compose up -d --scale payment-service=3 >"$home/up.log" 2>&1 ||
    { tail -30 "$home/up.log"; fail "docker-compose up --scale, see $home/up.log"; }
  [[ $(compose ps --quiet payment-service | wc -l) == 3 ]] || fail 'there are not three replicas'
  expect_confirmed "$(place_order | order_id)"
fi

if [[ $keep == true ]]; then exit 0; fi

step 'docker-compose down keeps the data'
compose down >"$home/down.log" 2>&1
(($(volumes) == volumes_before + 4)) || fail "expected 4 more volumes than before: $(docker volume ls --quiet)"
if [[ ${#services[@]} -gt 0 ]]; then
  compose up -d >"$home/up.log" 2>&1
  wait_healthy "${infrastructure[@]}" "${services[@]}"
  expect_confirmed "$order"
fi

step 'docker-compose down -v removes it'
compose down -v >"$home/down.log" 2>&1
(($(volumes) == volumes_before)) || fail "volumes are left: $(docker volume ls --quiet)"

step 'Rehearsed.'
