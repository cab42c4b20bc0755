# Sourced by the scripts: puts Node.js 24 on the PATH and offers three functions.
#
#   ensure_node_modules   node_modules holds what package-lock.json asks for
#   ensure_built          dist/apps/<app>/main.js are up to date with their sources
#   ensure_ops            dist/ops/main.js is up to date with its sources
#
# Works in bash and, apart from finding its own folder, in any POSIX shell.

_repository=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
_node_version=24.21.0 # carried by the npm package of the same name

_is_node_24() {
  "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a === 24 && b >= 11 ? 0 : 1)' \
    2>/dev/null
}

_ensure_node() {
  if _is_node_24 node; then return 0; fi
  local folder="$_repository/.local/node"
  if ! _is_node_24 "$folder/node_modules/.bin/node"; then
    if ! command -v npm >/dev/null; then
      echo "Node.js 24 (24.11 or newer) is required, and npm is not available to download it." >&2
      echo "Install Node.js 24 from your package manager or https://nodejs.org, or use Docker." >&2
      return 1
    fi
    echo "Node.js 24 is required; downloading $_node_version into .local/node (only the first time) …"
    rm -rf "$folder" && mkdir -p "$folder" || return 1
    if ! npm install --prefix "$folder" --no-audit --no-fund --loglevel=error "node@$_node_version" >"$folder/install.log" 2>&1 ||
      ! _is_node_24 "$folder/node_modules/.bin/node"; then
      cat "$folder/install.log" >&2
      echo "Node.js $_node_version could not be downloaded; install Node.js 24 yourself." >&2
      return 1
    fi
  fi
  PATH="$folder/node_modules/.bin:$PATH"
  export PATH
  hash -r
}

ensure_node_modules() {
  local stamp="$_repository/node_modules/.installed-from"
  local wanted
  wanted=$(node "$_repository/tools/stack/fingerprint.ts" files package-lock.json patches) || return 1
  if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then return 0; fi
  if ! node "$_repository/tools/stack/fingerprint.ts" matches-lockfile; then
    if ! command -v npm >/dev/null; then
      echo "npm is missing; it installs the required packages." >&2
      return 1
    fi
    echo "Installing packages (npm ci) …"
    (cd "$_repository" && npm ci --no-audit --no-fund --loglevel=error) || return 1
  fi
  echo "$wanted" >"$stamp"
}

ensure_built() {
  local stamp="$_repository/dist/.built-from"
  local wanted app stale=
  # shellcheck disable=SC2046 # one word per file is meant
  wanted=$(cd "$_repository" && node tools/stack/fingerprint.ts files \
    apps libs nest-cli.json package-lock.json patches $(ls tsconfig*.json rspack.config.* 2>/dev/null)) || return 1
  for app in "$_repository"/apps/*; do
    [ -f "$_repository/dist/apps/${app##*/}/main.js" ] || stale=yes
  done
  if [ -z "$stale" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then return 0; fi
  echo "Building the services …"
  local output
  if ! output=$(cd "$_repository" && npm run build 2>&1); then
    echo "$output" >&2
    echo "The services could not be built." >&2
    return 1
  fi
  echo "$wanted" >"$stamp"
}

# Called by every ./ops: as long as nothing is newer than the stamp, nothing is read.
ensure_ops() {
  local stamp="$_repository/dist/ops/.built-from" wanted
  local sources='apps libs tools deploy/services.json package-lock.json patches rspack.config.js tsconfig.json'
  # shellcheck disable=SC2086 # one word per file is meant; folders count too, so that a file that is gone is noticed
  if [ -f "$stamp" ] && [ -z "$(cd "$_repository" && find $sources -newer "$stamp" | head -n 1)" ]; then return 0; fi
  # shellcheck disable=SC2086
  wanted=$(node "$_repository/tools/stack/fingerprint.ts" files $sources) || return 1
  if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
    touch "$stamp"
    return 0
  fi
  ensure_node_modules || return 1
  mkdir -p "$_repository/dist"
  # As old as what was hashed: what changes during the build is built the next time.
  echo "$wanted" >"$_repository/dist/.ops-built-from"
  if ! node "$_repository/tools/ops/build.ts"; then
    echo "./ops could not be built." >&2
    return 1
  fi
  mv "$_repository/dist/.ops-built-from" "$stamp"
}

_ensure_node || exit 1
