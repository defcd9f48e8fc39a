#!/usr/bin/env bash
# Counts one election on both warehouses and builds the dbt project on each. The argument is
# the program, as `go build ./local` makes it.
set -euo pipefail
program=$(realpath "$1")
cd "$(dirname "$0")"
work=$(mktemp -d)
children=()
stop() {
  for id in "${children[@]}"; do kill "$id" 2>/dev/null || true; done
  for id in "${children[@]}"; do wait "$id" 2>/dev/null || true; done
  rm -rf "$work"
}
trap stop EXIT
export HMAC_KEY='a key for invented voters only' DBT_SEND_ANONYMOUS_USAGE_STATS=false
"$program" election >"$work/election.json"

# up WAREHOUSE: starts everything, and returns when it is ready.
up() {
  "$program" up --free-ports --warehouse "$1" --election "$work/election.json" >"$work/$1.log" 2>&1 &
  local id=$!
  children+=("$id")
  until grep -q '^Ready' "$work/$1.log"; do
    kill -0 "$id" 2>/dev/null || { cat "$work/$1.log" >&2; exit 1; }
    sleep 0.2
  done
}
# at WAREHOUSE PATTERN: an address that up has printed.
at() { grep -oPm1 "$2" "$work/$1.log"; }
# counted WAREHOUSE FILE: waits until the dashboard has every record of a ledger, settled.
counted() {
  .venv/bin/python counted.py "$(at "$1" 'dashboard +\K\S+')" "$2"
}

up bigquery
KAFKA_BROKERS=$(at bigquery 'Kafka +\K\S+')
export KAFKA_BROKERS
# The same topics, read by another group: both warehouses count the same records.
KAFKA_GROUP=on-postgres up postgres
"$program" simulate --election "$work/election.json" --votes 3000 --mix --ledger "$work/ledger.json"
counted bigquery "$work/ledger.json"
counted postgres "$work/ledger.json"

BIGQUERY_EMULATOR_HOST=$(at bigquery 'BigQuery +http://\K[^,]+')
PGPORT=$(at postgres 'PostgreSQL +postgres://[^:]+:\K[0-9]+')
export BIGQUERY_EMULATOR_HOST PGPORT
failed=()
for target in emulator postgres; do
  for marts in view table; do
    echo "dbt build --target $target --vars 'marts: $marts'"
    .venv/bin/dbt --no-use-colors --quiet --warn-error build --target "$target" --vars "marts: $marts" || failed+=("build of $target, marts as $marts")
  done
  .venv/bin/dbt --no-use-colors --quiet docs generate --target "$target" >/dev/null || failed+=("docs of $target")
  .venv/bin/dbt --no-use-colors --quiet source freshness --target "$target" || failed+=("freshness of $target")
done
if ((${#failed[@]})); then
  printf 'failed: %s\n' "${failed[@]}" >&2
  exit 1
fi
echo "Both warehouses: every model was built and every test passed."
