#!/bin/sh
# The official image is built to listen everywhere; Debian's Redis has to be told.
set -e
[ "$1" = redis-server ] && set -- "$@" --bind 0.0.0.0 --protected-mode no
exec "$@"
