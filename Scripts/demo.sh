#!/usr/bin/env bash
# Gets example data, then runs the release build's demo: a project, a server, a link to label at. PORT chooses the port.
set -euo pipefail
cd "$(dirname "$0")/.."

free() { python3 -c 'import socket, sys
with socket.socket() as s: s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("127.0.0.1", int(sys.argv[1])))' "$1" 2>/dev/null; }

port=${PORT:-}
if [ -z "$port" ]; then
  port=8080
  if ! free "$port"; then
    echo "demo: port 8080 is in use, so a free one is taken (PORT=… chooses)" >&2
    port=0
  fi
fi

if Scripts/digits.sh .build/demo/digits; then
  source=(--images .build/demo/digits/images)
else
  echo "demo: labelling the text messages of Examples/support-messages.csv instead of images of digits" >&2
  source=(--csv Examples/support-messages.csv)
fi
exec .build/release/winnow demo --data "${DATA:-demo-data}" --port "$port" "${source[@]}"
