#!/bin/sh
# Writes a temperature with the current time, and reads the last hour as CSV.
# SERVER=http://localhost:3000 KEY=dakkio_w_... sh write-and-read.sh 21.5
set -eu

# Sent again for five minutes, also after 429 and 503, where curl waits as long as Retry-After says.
curl -sS --fail-with-body --retry 10 --retry-max-time 300 --retry-connrefused \
  "$SERVER/api/v2/write?precision=s" -H "X-API-Key: $KEY" \
  --data-binary "weather,site=north temperature=$1 $(date +%s)"

curl -sS --fail-with-body "$SERVER/api/data/export?startTime=now-1h&fields=temperature" -H "X-API-Key: $KEY"
