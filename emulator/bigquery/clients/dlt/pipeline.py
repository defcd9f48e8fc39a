"""dlt: append, merge, replace by a clone of a staging table, Parquet files, detected schemas, new columns."""
import datetime
import http.server
import json
import os
import tempfile
import threading

os.environ.setdefault("DLT_DATA_DIR", tempfile.mkdtemp())
os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"

import dlt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from dlt.common.configuration.specs import GcpServiceAccountCredentials


class Tokens(http.server.BaseHTTPRequestHandler):
    """dlt has no way without credentials: these are of an account that doesn't exist, whose tokens come from here."""

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = json.dumps({"access_token": "none", "expires_in": 3600, "token_type": "Bearer"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def credentials():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Tokens)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()
    out = GcpServiceAccountCredentials()
    out.parse_native_representation(json.dumps({
        "type": "service_account", "project_id": "demo", "private_key": pem, "private_key_id": "x",
        "client_email": "nobody@demo.iam.gserviceaccount.com", "token_uri": f"http://127.0.0.1:{server.server_address[1]}/token",
    }))
    return out


CREDENTIALS = credentials()


def pipeline(name, **options):
    return dlt.pipeline(name, destination=dlt.destinations.bigquery(credentials=CREDENTIALS, location="US", **options), dataset_name=name)


def votes(n, first=0):
    return [
        {"vote_id": f"b-{i}", "candidate": ["Rivera", "Osei"][i % 2], "voted_at": datetime.datetime(2026, 11, 3, 8, i, tzinfo=datetime.timezone.utc),
         "marks": [{"rank": 1, "who": "x"}, {"rank": 2, "who": "y"}], "raw": {"a": {"b": i}}}
        for i in range(first, n)
    ]


def counts(p, *tables):
    with p.sql_client() as q:
        out = []
        for t in tables:
            with q.execute_query(f"SELECT COUNT(*) FROM {t}") as cursor:
                out.append(cursor.fetchall()[0][0])
        return out


def same(got, want):
    if got != want:
        raise SystemExit(f"got  {got!r}\nwant {want!r}")


for disposition, want in {"append": [12, 24], "merge": [7, 14], "replace": [7, 14]}.items():
    p = pipeline("dlt_" + disposition)
    for n in (5, 7):
        p.run(dlt.resource(votes(n), name="votes", primary_key="vote_id", write_disposition=disposition))
    same(counts(p, "votes", "votes__marks"), want)

os.environ["DESTINATION__REPLACE_STRATEGY"] = "staging-optimized"
p = pipeline("dlt_staging")
for n in (5, 7):
    p.run(dlt.resource(votes(n), name="votes", write_disposition="replace"))
same(counts(p, "votes", "votes__marks"), [7, 14])

p = pipeline("dlt_parquet")
p.run(dlt.resource(votes(3), name="votes"), loader_file_format="parquet")
same(counts(p, "votes", "votes__marks"), [3, 6])
with p.sql_client() as q, q.execute_query("SELECT raw__a__b FROM votes ORDER BY 1") as cursor:
    same([tuple(r) for r in cursor.fetchall()], [(0,), (1,), (2,)])

p = pipeline("dlt_detected", autodetect_schema=True)
for rows in ([{"vote_id": "b-1", "n": 1}], [{"vote_id": "b-2", "n": 2, "station": "S-4"}]):
    p.run(dlt.resource(rows, name="votes", write_disposition="append"))
with p.sql_client() as q, q.execute_query("SELECT vote_id, n, station FROM votes ORDER BY 1") as cursor:
    same([tuple(r) for r in cursor.fetchall()], [("b-1", 1, None), ("b-2", 2, "S-4")])

p = pipeline("dlt_columns")
for rows in ([{"vote_id": "b-1"}], [{"vote_id": "b-2", "d": {"e": 1.5}}]):
    p.run(dlt.resource(rows, name="votes"))
with p.sql_client() as q, q.execute_query("SELECT vote_id, d__e FROM votes ORDER BY 1") as cursor:
    same([tuple(r) for r in cursor.fetchall()], [("b-1", None), ("b-2", 1.5)])
