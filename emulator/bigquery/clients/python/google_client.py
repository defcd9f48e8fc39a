"""google-cloud-bigquery: queries, parameters, loads, pages, schemas, with the REST API alone."""
import io
from decimal import Decimal

from google.api_core.exceptions import BadRequest, NotFound
from google.cloud import bigquery

from reach import dataset, same

c = dataset("py_client")
rows = c.query_and_wait(
    "SELECT candidate, votes FROM py_client.counts WHERE votes >= @least AND share > @share AND day IN UNNEST(@days) ORDER BY votes",
    job_config=bigquery.QueryJobConfig(
        query_parameters=[
            bigquery.ScalarQueryParameter("least", "INT64", 2),
            bigquery.ScalarQueryParameter("share", "NUMERIC", Decimal("0.4")),
            bigquery.ArrayQueryParameter("days", "DATE", ["2026-11-03"]),
        ]
    ),
)
same([tuple(r) for r in rows], [("Rivera", 3)])

job = c.load_table_from_file(
    io.BytesIO(b'{"id": 1, "tags": ["a"]}\n{"id": 2}\n'), "py_client.loaded",
    job_config=bigquery.LoadJobConfig(source_format="NEWLINE_DELIMITED_JSON", autodetect=True),
)
same(job.result().output_rows, 2)
same(c.insert_rows_json("py_client.loaded", [{"id": 3, "tags": []}]), [])
same([tuple(r) for r in c.list_rows("py_client.loaded", page_size=2)], [(1, ["a"]), (2, []), (3, [])])

table = c.get_table("py_client.loaded")
table.schema = list(table.schema) + [bigquery.SchemaField("note", "STRING")]
same([f.name for f in c.update_table(table, ["schema"]).schema], ["id", "tags", "note"])

same(c.query("SELECT 1", job_config=bigquery.QueryJobConfig(dry_run=True)).total_bytes_processed, 0)
try:
    c.query_and_wait("SELECT nope FROM py_client.counts")
    raise SystemExit("a wrong name was taken")
except BadRequest as e:
    assert "Unrecognized name: nope" in str(e), e
try:
    c.get_table("py_client.nope")
    raise SystemExit("there is a table that nobody made")
except NotFound:
    pass
