# Sourced by start-system.sh and test/smoke.sh: where the system of this working copy is, without a need for Node.js.

# The services, one a line.
service_names() {
  sed -n 's/^  "\([a-z-]*\)": {$/\1/p' deploy/services.json
}

# documented_port SERVICE: where it listens unless it is told otherwise.
documented_port() {
  sed -n "/^  \"$1\": {/,/^  }/s/^ *\"port\": \([0-9]*\),*$/\1/p" deploy/services.json
}

# Whether the supervisor named first in the record of processes is alive.
native_runs() {
  local supervisor
  supervisor=$(sed -n 's/.*"pid": \([0-9]*\).*/\1/p' .local/run/processes.json 2>/dev/null | head -n 1)
  [ -n "$supervisor" ] && kill -0 "$supervisor" 2>/dev/null
}

# native_url_of COMPONENT: where it is, from what the supervisor has written down.
native_url_of() {
  sed -n "s/^ *\"$1\": \"\([a-z]*:[^\"]*\)\",*$/\1/p" .local/run/state.json 2>/dev/null | head -n 1
}

# planned_url SERVICE: where a service that is left out will be when it is run from source.
planned_url() {
  local port
  port=$(sed -n 's/^PORT=//p' ".local/run/$1.env" 2>/dev/null)
  echo "http://localhost:${port:-$(documented_port "$1")}"
}
