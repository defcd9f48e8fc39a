#!/usr/bin/env bash
# Counts one election on both warehouses and builds the dbt project on each. Then it damages
# tables on PostgreSQL, and each test must see it. The argument is
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
# dbt's tables of results warn of a column that BigQuery's catalog lacks.
export PYTHONWARNINGS=ignore::RuntimeWarning
export HMAC_KEY='a key for invented voters only' DBT_SEND_ANONYMOUS_USAGE_STATS=false
"$program" election >"$work/election.json"

# up WAREHOUSE: starts everything, and returns when it is ready.
up() {
  "$program" up --free-ports --warehouse "$1" --election "$work/election.json" >"$work/$1.log" 2>&1 &
  local id=$! late=$((SECONDS + 300))
  children+=("$id")
  until grep -q '^Ready' "$work/$1.log"; do
    kill -0 "$id" 2>/dev/null || { cat "$work/$1.log" >&2; exit 1; }
    if ((SECONDS > late)); then
      echo "$1 isn't ready after five minutes:" >&2
      cat "$work/$1.log" >&2
      exit 1
    fi
    sleep 0.2
  done
}
# at WAREHOUSE PATTERN: an address that up has printed.
at() { grep -oPm1 "$2" "$work/$1.log"; }
# counted WAREHOUSE FILE: waits until the dashboard has every record of a ledger, settled.
counted() {
  .venv/bin/python counted.py "$(at "$1" 'dashboard +\K\S+')" "$2"
}

# The datasets of BigQuery have a prefix, those of PostgreSQL can't.
export DATASET_PREFIX=spring_
up bigquery
unset DATASET_PREFIX
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
  if [[ $target = emulator ]]; then export DATASET_PREFIX=spring_; else unset DATASET_PREFIX; fi
  for marts in table view; do
    echo "dbt build --target $target --vars 'marts: $marts'"
    .venv/bin/dbt --no-use-colors --quiet --warn-error build --full-refresh --target "$target" --vars "marts: $marts" || failed+=("build of $target, marts as $marts")
  done
  .venv/bin/dbt --no-use-colors --quiet docs generate --target "$target" >/dev/null || failed+=("docs of $target")
  .venv/bin/dbt --no-use-colors --quiet source freshness --target "$target" || failed+=("freshness of $target")
done

# refuses SENTENCE ARGUMENTS: dbt ends with an error that has the sentence.
refuses() {
  local want=$1 said
  shift
  if said=$(.venv/bin/dbt --no-use-colors "$@" 2>&1); then
    failed+=("dbt $* was not refused")
  elif [[ $said != *"$want"* ]]; then
    failed+=("dbt $* doesn't say '$want': $said")
  fi
}
echo "dbt refuses what it can't work on"
refuses "does not have a target named 'nowhere'" build --target nowhere
refuses 'The variable marts is heap: use view or table' build --target postgres --vars 'marts: heap'
DATASET_PREFIX=spring_ refuses 'DATASET_PREFIX is set, and the target postgres is PostgreSQL' build --target postgres
DATASET_PREFIX=autumn_ refuses 'autumn_raw.votes. Deploy them' build --target emulator
GOOGLE_CLOUD_PROJECT=empty refuses 'raw.rejects, raw.voters, raw.votes. Deploy them' build --target emulator
PGDATABASE=postgres refuses 'go run ./local migrate' build --target postgres
PGHOST=127.0.0.1 PGPORT=1 refuses 'connection to server at "127.0.0.1", port 1 failed' build --target postgres
sql="psql -qX -h 127.0.0.1 -p $PGPORT -U tallystream tallystream"
$sql -c 'ALTER TABLE core.progress RENAME COLUMN records TO record_count'
refuses 'core.progress.records' test --target postgres
$sql -c 'ALTER TABLE core.progress RENAME COLUMN record_count TO records'

echo "each test of what must hold fails on a table that is damaged"
$sql <damage.sql
.venv/bin/dbt --no-use-colors --quiet test --target postgres >/dev/null && failed+=("the damage isn't seen")
.venv/bin/python damage_seen.py target/run_results.json tests || failed+=("a test saw no damage")

if ((${#failed[@]})); then
  printf 'failed: %s\n' "${failed[@]}" >&2
  exit 1
fi
echo "Both warehouses: every model was built, every test passed, and none passes on damaged tables."
