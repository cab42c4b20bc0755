#!/usr/bin/env bash
# Builds images under the names and tags that docker-compose.yml and the Dockerfile ask for, out of what package
# registries offer: Debian packages, the Maven artifacts of tools/stack/pom.xml, npm packages. Called by rehearse.sh.
#
#   build.sh <cache directory>
set -euo pipefail

cache=$(mkdir -p "$1" && cd "$1" && pwd)
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
base=order-processing-rehearsal/debian:bookworm

image_of() { # the image docker-compose.yml asks for
  sed -n "/^  $1:/,/^  [a-z]/s/^ *image: //p" "$root/docker-compose.yml"
}
node_image=$(sed -n 's/^FROM \(node:[^ ]*\).*/\1/p' "$root/Dockerfile")

# A tag that already names something else is somebody's real image.
refuse_to_replace() {
  local label
  label=$(docker image inspect --format '{{index .Config.Labels "stand-in"}}' "$1" 2>/dev/null) || return 0
  if [[ $label != true ]]; then
    echo "$1 is present and not a stand-in. On a machine that has the real images there is nothing to rehearse." >&2
    exit 1
  fi
}

# build <image> <directory of its files> [docker build options]; the context is $context
build() {
  local image=$1 files=$2
  shift 2
  echo "  $image"
  refuse_to_replace "$image"
  cp -r "$here/$files/." "$context"
  # HTTP_PROXY and the like have no value here unless the machine has one.
  docker build --tag "$image" "$@" \
    --build-arg HTTP_PROXY --build-arg HTTPS_PROXY --build-arg NO_PROXY "$context" >"$cache/build.log" 2>&1 ||
    { tail -30 "$cache/build.log" >&2; exit 1; }
  rm -rf "$context"
}

new_context() { context=$(mktemp -d "$cache/context.XXXX"); }

debian() {
  docker image inspect "$base" >/dev/null 2>&1 && return
  if [[ ! -s $cache/debian.tar ]]; then
    debootstrap --variant=minbase --include=ca-certificates bookworm "$cache/debian" \
      "${DEBIAN_MIRROR:-http://deb.debian.org/debian}" >"$cache/debootstrap.log"
    tar -C "$cache/debian" --exclude=./var/cache/apt/archives/*.deb -cf "$cache/debian.tar" .
    rm -rf "$cache/debian"
  fi
  docker import "$cache/debian.tar" "$base" >/dev/null
}

jars() {
  [[ $cache/jars -nt $root/tools/stack/pom.xml ]] && return
  rm -rf "$cache/jars"
  mvn -q -B -Dstyle.color=never -f "$root/tools/stack/pom.xml" dependency:copy-dependencies -DoutputDirectory="$cache/jars" >"$cache/mvn.log" ||
    { cat "$cache/mvn.log" >&2; exit 1; }
}

# unpack <npm package> <version> <directory>
unpack() {
  local tarball
  tarball=$(npm pack --silent --pack-destination "$cache" "$1@$2")
  mkdir -p "$3" && tar -xzf "$cache/$tarball" -C "$3" --strip-components=1
}

node() {
  local version package
  version=$(sed 's/node:\([0-9.]*\).*/\1/' <<<"$node_image")
  package=node-linux-$([[ $(uname -m) == aarch64 ]] && echo arm64 || echo x64)
  [[ -x $cache/node-$version/bin/node ]] || unpack "$package" "$version" "$cache/node-$version"
  [[ -d $cache/npm ]] || unpack npm 11 "$cache/npm"
  new_context
  cp "$cache/node-$version/bin/node" "$context/node"
  cp -r "$cache/npm" "$context/npm"
  # The way to the registry only: the user's own .npmrc may hold tokens, and an image is no place for them.
  for key in registry proxy https-proxy noproxy strict-ssl; do
    value=$(npm config get "$key" 2>/dev/null)
    [[ -z $value || $value == null || $value == undefined ]] || echo "$key=$value"
  done >"$context/npmrc"
  # This machine's, for where the registry is reached through something that signs its own certificates.
  cp "${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}" "$context/ca-certificates.crt"
  build "$node_image" node --build-arg "BASE=$base"
}

kafka() {
  for component in zookeeper kafka; do
    new_context
    mkdir "$context/jars"
    find "$cache/jars" -name '*.jar' ! -name 'embedded-*' -exec cp {} "$context/jars" \;
    build "$(image_of $component)" kafka --build-arg "BASE=$base" --build-arg "COMPONENT=$component"
  done
}

postgres() {
  local image
  image=$(image_of postgres)
  new_context
  cp "$cache"/jars/embedded-postgres-binaries-*.jar "$context/postgres-binaries.jar"
  build "$image" postgres --build-arg "BASE=$base" --build-arg "MAJOR=$(sed 's/.*:\([0-9]*\).*/\1/' <<<"$image")"
}

redis() {
  new_context
  build "$(image_of redis)" redis --build-arg "BASE=$base"
}

mailpit() {
  new_context
  build "$(image_of mailpit)" mailpit --build-arg "NODE=$node_image" \
    --build-arg "MAILDEV_VERSION=$(sed -n 's/.*"maildev": "\(.*\)".*/\1/p' "$root/package.json")"
}

kafka_ui() {
  new_context
  build "$(image_of kafka-ui)" kafka-ui --build-arg "NODE=$node_image"
}

echo 'Building the stand-ins'
debian
jars
kafka
postgres
redis
node
mailpit
kafka_ui
