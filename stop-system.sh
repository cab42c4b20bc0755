#!/usr/bin/env bash
# Stops the system, however it was started. Harmless when nothing runs.
set -uo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")" || exit 1

. tools/stack/docker.sh

volumes=()
while [ $# -gt 0 ]; do
  case $1 in
    -v | --volumes) volumes=(--volumes) ;;
    -h | --help)
      echo "Usage: ./stop-system.sh [--volumes]"
      echo "Stops the system. --volumes also removes its data: orders, stock, events, mails."
      exit 0
      ;;
    *)
      echo "Unknown option: $1 (only --volumes exists)" >&2
      exit 2
      ;;
  esac
  shift
done

status=0
# Something native is there only if it was started once.
if [ -d .local/run ] || [ -d .local/data ]; then
  . tools/node.sh
  node tools/stack/cli.ts stop ${volumes[@]+"${volumes[@]}"} || status=1
fi
if docker_answers; then stop_in_docker ${volumes[@]+"${volumes[@]}"} || status=1; fi
exit "$status"
