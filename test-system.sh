#!/usr/bin/env bash
# Proves that the system does what its documents say. The last line is "N passed, N failed".
set -uo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")" || exit 1

usage() {
  cat <<'END'
Usage: ./test-system.sh [--running | TIER …]

Without an option: everything, on isolated infrastructure that is started and stopped on the way (about a quarter of an hour on two processors).
A system you have running is not touched.

  TIER       only some of: static unit integration e2e faults (a short selection of `npm run faults`), or ratios, which is
             not in everything: `npm run bench:ratios` fails when an order has become clearly more costly; two minutes more
  --running  a smoke test with curl of the documented calls, against the system that is running
  --help     show this text
END
}

tiers=()
for argument in "$@"; do
  case $argument in
    --running) exec test/smoke.sh ;;
    -h | --help)
      usage
      exit 0
      ;;
    static | unit | integration | e2e | faults | ratios) tiers+=("$argument") ;;
    *)
      echo "Unknown option: $argument" >&2
      usage >&2
      exit 2
      ;;
  esac
done
[ ${#tiers[@]} -gt 0 ] || tiers=(static unit integration e2e faults)

. tools/node.sh
ensure_node_modules || exit 1

# Alerts are tested by Prometheus itself. Where it cannot be had these tests are skipped, or fail when CI is set.
case " ${tiers[*]} " in
  *' unit '* | *' faults '*) tools/observability/install.sh ;;
esac

results=.local/test-results
rm -rf "$results" && mkdir -p "$results"
passed=0
failed=0

# One static check counts as one test. They run side by side, and what each has to say is shown in one piece.
static_checks() {
  local script pids=()
  for script in "$@"; do
    npm run --silent "$script" >"$results/${script/:/-}.log" 2>&1 &
    pids+=($!)
  done
  for script in "$@"; do
    echo "── $script"
    if wait "${pids[0]}"; then passed=$((passed + 1)); else
      failed=$((failed + 1))
      cat "$results/${script/:/-}.log"
      echo "✕ npm run $script" >&2
    fi
    pids=("${pids[@]:1}")
  done
}

jest_tier() {
  echo "── npm run $1"
  npm run --silent "$1" -- --json --outputFile="$results/$2.json" >"$results/$2.log"
  add_results "$results/$2.json"
}

# Adds what a tier wrote down. One that ends without a result, or runs no test at all, is a failure.
add_results() {
  local file=$1 counts
  if ! counts=$(node test/setup/count-results.ts "$file"); then
    failed=$((failed + 1))
    return
  fi
  passed=$((passed + ${counts% *}))
  failed=$((failed + ${counts#* }))
}

for tier in "${tiers[@]}"; do
  case $tier in
    static) static_checks format:check lint typecheck boundaries openapi ;;
    unit) jest_tier test unit ;;
    integration) jest_tier test:integration integration ;;
    e2e)
      if ensure_built; then jest_tier test:e2e e2e; else failed=$((failed + 1)); fi
      ;;
    faults)
      echo "── npm run faults -- --short"
      npm run --silent faults -- --short --seed 20 --out "$results/faults"
      add_results "$results/faults/counts.json"
      ;;
    ratios)
      echo "── npm run bench:ratios"
      if ensure_built && npm run --silent bench:ratios; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
      ;;
  esac
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
