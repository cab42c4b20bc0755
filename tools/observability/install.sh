#!/usr/bin/env bash
# Fetches Prometheus (with promtool) and Alertmanager (with amtool) from the packages of Debian or Ubuntu into .local/prometheus, for
# tests of the alerts. Nothing is installed on the machine, and root is not needed. Harmless where they are already.
set -uo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." || exit 1

home=$PWD/.local/prometheus
packages=(prometheus prometheus-alertmanager)
# A registry that does not answer must not hold a build up.
limit_seconds=${INSTALL_TIMEOUT_SECONDS:-180}

is_there() { command -v "$1" >/dev/null || [ -x "$home/usr/bin/$1" ]; }

fail() {
  echo "Prometheus and Alertmanager could not be fetched: $1." >&2
  echo "Alerts are tested with them. Put prometheus, promtool and amtool on the PATH yourself; without them these tests are left out," >&2
  echo "and with CI set they fail. What apt-get said is in .local/prometheus/apt.log." >&2
  exit 1
}

missing=()
for tool in prometheus promtool amtool; do is_there "$tool" || missing+=("$tool"); done
[ ${#missing[@]} -gt 0 ] || exit 0

mkdir -p "$home/apt/lists/partial" "$home/apt/archives/partial" || exit 1
command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || fail 'this is neither Debian nor Ubuntu'
echo "Downloading Prometheus and Alertmanager (only the first time) …"

# Lists and cache of our own, so that neither root nor an earlier `apt-get update` is needed.
apt=(timeout "$limit_seconds" apt-get -q -o "Dir::State::Lists=$home/apt/lists" -o "Dir::Cache=$home/apt" -o Debug::NoLocking=1
  -o Acquire::Retries=2 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 -o APT::Sandbox::User=)
"${apt[@]}" update >"$home/apt.log" 2>&1 || fail 'the lists of packages could not be read'
for package in "${packages[@]}"; do
  (cd "$home/apt/archives" && "${apt[@]}" download "$package") >>"$home/apt.log" 2>&1 ||
    fail "the package $package could not be downloaded; does this release have it?"
done
for archive in "$home"/apt/archives/*.deb; do
  dpkg-deb -x "$archive" "$home" || fail "$archive could not be unpacked"
done
for tool in prometheus promtool amtool; do
  is_there "$tool" && continue
  fail "the packages hold no $tool"
done
rm -rf "$home/apt"
