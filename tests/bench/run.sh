#!/usr/bin/env bash
# Measures parlor-server against socket.io: `make bench-server`. Arguments go to parlor-bench; see its --help.
# The servers have processor 0, the load has processor 1: nothing else should run meanwhile.
set -euo pipefail
cd "$(dirname "$0")/../.."

for program in node npm taskset; do
    command -v "$program" >/dev/null || { echo "the comparison needs $program: install nodejs, npm and util-linux" >&2; exit 1; }
done
[ "$(nproc)" -ge 2 ] || { echo "the comparison needs two processors: one for the server, one for the load" >&2; exit 1; }

(cd tests/bench/socketio && npm ci --silent --no-audit --no-fund)
cargo build --release -p parlor-server -p parlor-bench
target=${CARGO_TARGET_DIR:-target}

# Both ends of thousands of connections, and the state of the server under test in a folder of its own.
ulimit -n "$(ulimit -H -n)"
XDG_STATE_HOME=$(mktemp -d)
export XDG_STATE_HOME
trap 'rm -rf "$XDG_STATE_HOME"' EXIT

echo "$(date --iso-8601), $(nproc) processors: $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1)," \
    "Linux $(uname -r), node $(node --version)," \
    "socket.io $(node -p 'require("./tests/bench/socketio/node_modules/socket.io/package.json").version')"
echo
taskset --cpu-list 1 "$target/release/parlor-bench" --server "$target/release/parlor-server" "$@"
