"""dbt: seed, run, snapshot, test and docs, twice, with a row changed and one more in between; then what the tables hold."""
import csv
import json
import os
import shutil
import tempfile
import urllib.request

from dbt.cli.main import dbtRunner

HOST = os.environ["BIGQUERY_EMULATOR_HOST"]
work = tempfile.mkdtemp()
project, log = os.path.join(work, "project"), os.path.join(work, "logs")
os.chdir(work)
shutil.copytree(os.path.dirname(os.path.abspath(__file__)), project, ignore=shutil.ignore_patterns(".venv"), symlinks=True)


def dbt(*args):
    """Runs a command in this process: a program of its own for each takes longer to start than to work."""
    done = dbtRunner().invoke(["--no-use-colors", "--no-send-anonymous-usage-stats", "--log-path", log, *args, "--project-dir", project, "--profiles-dir", project])
    if not done.success:
        raise SystemExit(f"dbt {' '.join(args)}: {done.exception or 'failed, see above'}")


def rows(sql):
    request = urllib.request.Request(HOST + "/bigquery/v2/projects/demo/queries", json.dumps({"query": sql, "useLegacySql": False}).encode(), {"Content-Type": "application/json"})
    answer = json.load(urllib.request.urlopen(request))
    return [tuple(c["v"] for c in r["f"]) for r in answer.get("rows", [])]


def same(got, want):
    if got != want:
        raise SystemExit(f"got  {got!r}\nwant {want!r}")


def build():
    for args in (["seed"], ["run"], ["snapshot"], ["test"], ["docs", "generate"]):
        dbt(*args)


build()
with open(os.path.join(project, "seeds", "raw_counts.csv"), "a") as f:
    csv.writer(f, lineterminator="\n").writerow(["c-4", "Osei", "2026-11-04", "1.0"])
seeds = os.path.join(project, "seeds", "raw_counts.csv")
with open(seeds) as f:
    text = f.read()
with open(seeds, "w") as f:
    f.write(text.replace("c-3,Rivera", "c-3,Osei"))
build()
same(rows("SELECT candidate, SUM(n), SUM(weight) FROM dbt_clients.totals GROUP BY 1 ORDER BY 1"), [("Osei", "3", "4.0"), ("Rivera", "1", "1.5")])
want = [("c-1", "Rivera"), ("c-2", "Osei"), ("c-3", "Osei"), ("c-4", "Osei")]
for table in ("merged", "overwritten", "widened"):
    same(rows(f"SELECT count_id, candidate FROM dbt_clients.{table} ORDER BY 1"), want)
same(rows("SELECT COUNT(weight) FROM dbt_clients.widened"), [("4",)])
same(rows("SELECT count_id, candidate, dbt_valid_to IS NULL FROM dbt_clients.kept ORDER BY 1, 3"),
     [("c-1", "Rivera", "true"), ("c-2", "Osei", "true"), ("c-3", "Rivera", "false"), ("c-3", "Osei", "true"), ("c-4", "Osei", "true")])
with open(os.path.join(project, "target", "catalog.json")) as f:
    catalog = json.load(f)
same((catalog["errors"], len(catalog["nodes"])), (None, 7))
