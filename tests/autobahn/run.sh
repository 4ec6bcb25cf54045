#!/usr/bin/env bash
# Runs Autobahn's websocket test-suite against the server's own websockets, in a build that echoes: `make autobahn`.
# Ends badly where a case fails. The report is left in target/autobahn.
#
# The suite is a program for Python 2.7, which `pyenv install 2.7.18` builds. Set PYTHON27 to use another one.
set -euo pipefail
cd "$(dirname "$0")/../.."

folder=$PWD/target/autobahn
python=${PYTHON27:-$(command -v python2.7 || true)}
if [ -x "${PYENV_ROOT:-$HOME/.pyenv}/versions/2.7.18/bin/python2.7" ]; then
    python=${PYTHON27:-${PYENV_ROOT:-$HOME/.pyenv}/versions/2.7.18/bin/python2.7}
fi
if [ -z "$python" ]; then
    echo "Autobahn's test-suite needs Python 2.7: run \`pyenv install 2.7.18\`, or set PYTHON27 to one you have." >&2
    exit 1
fi

mkdir -p "$folder"
if [ ! -x "$folder/python/bin/wstest" ]; then
    # Into a folder of its own: nothing is left in the interpreter.
    "$python" -m pip install --quiet --target "$folder/virtualenv" virtualenv==20.15.1
    PYTHONPATH="$folder/virtualenv" "$python" -m virtualenv --quiet "$folder/python"
    "$folder/python/bin/pip" install --quiet autobahntestsuite==0.8.2
fi

cargo build -p parlor-server --features echo --example echo
rm -f "$folder/address"
"${CARGO_TARGET_DIR:-target}/debug/examples/echo" >"$folder/address" &
echo=$!
trap 'kill $echo 2>/dev/null || true' EXIT
for _ in $(seq 100); do
    [ -s "$folder/address" ] && break
    sleep 0.1
done
address=$(cat "$folder/address")
[ -n "$address" ] || { echo "the echoing server does not start" >&2; exit 1; }

rm -rf "$folder/reports"
cat >"$folder/spec.json" <<JSON
{
  "outdir": "$folder/reports",
  "servers": [{"agent": "parlor", "url": "ws://$address/ws"}],
  "cases": ["*"],
  "exclude-cases": ["9.*", "12.*", "13.*"],
  "exclude-agent-cases": {}
}
JSON
(cd "$folder" && python/bin/wstest -m fuzzingclient -s spec.json >wstest.log 2>&1) || { tail "$folder/wstest.log"; exit 1; }
"$folder/python/bin/python" tests/autobahn/verdict.py "$folder/reports/index.json"
