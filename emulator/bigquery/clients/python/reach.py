"""How Python's clients reach the emulator: the addresses are those that the emulator prints."""
import os

import grpc
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery
from google.cloud.bigquery_storage_v1 import BigQueryReadClient
from google.cloud.bigquery_storage_v1.services.big_query_read.transports import BigQueryReadGrpcTransport

PROJECT = "demo"


def client():
    """A client of the REST API. It reads BIGQUERY_EMULATOR_HOST by itself."""
    return bigquery.Client(PROJECT, credentials=AnonymousCredentials())


def storage_client():
    """A client of the Storage Read API."""
    channel = grpc.insecure_channel(os.environ["BIGQUERY_STORAGE_EMULATOR_HOST"])
    return BigQueryReadClient(transport=BigQueryReadGrpcTransport(channel=channel))


def dataset(name):
    """A client and a new dataset with the table counts."""
    c = client()
    c.delete_dataset(name, delete_contents=True, not_found_ok=True)
    c.create_dataset(name)
    c.query_and_wait(
        f"CREATE TABLE {name}.counts AS SELECT * FROM UNNEST([STRUCT('Rivera' AS candidate, DATE '2026-11-03' AS day, 3 AS votes, NUMERIC '0.6' AS share),"
        " ('Osei', DATE '2026-11-03', 2, NUMERIC '0.4')])"
    )
    return c


def same(got, want):
    if got != want:
        raise SystemExit(f"got  {got!r}\nwant {want!r}")
