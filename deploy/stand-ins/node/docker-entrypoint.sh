#!/bin/sh
# As in the official image: `docker run image --version` and `docker run image main.js` mean node.
set -e
if [ "${1#-}" != "$1" ] || [ -z "$(command -v "$1")" ]; then
  set -- node "$@"
fi
exec "$@"
