"""pandas: frames from queries with the Storage Read API and without, to tables by Parquet, and by pandas-gbq."""
import datetime
from decimal import Decimal

import pandas
import pandas_gbq
from google.cloud import bigquery

from reach import PROJECT, dataset, same, storage_client

c = dataset("py_pandas")
reader = storage_client()
SQL = "SELECT candidate, day, votes, share, [votes, 1] AS list, STRUCT(votes AS n) AS one FROM py_pandas.counts ORDER BY votes"
want = {
    "candidate": ["Osei", "Rivera"], "day": [datetime.date(2026, 11, 3)] * 2, "votes": [2, 3], "share": [Decimal("0.4"), Decimal("0.6")],
    "list": [[2, 1], [3, 1]], "one": [{"n": 2}, {"n": 3}],
}


def plain(frame):
    out = frame.to_dict("list")
    out["list"] = [[int(x) for x in l] for l in out["list"]]
    return out


same(plain(c.query(SQL).to_dataframe(bqstorage_client=reader)), want)
same(plain(c.query(SQL).to_dataframe(create_bqstorage_client=False)), want)
same(c.list_rows("py_pandas.counts", selected_fields=[bigquery.SchemaField("votes", "INT64")]).to_dataframe(bqstorage_client=reader).votes.tolist(), [3, 2])
same(len(c.query("SELECT 1 AS a FROM py_pandas.counts WHERE FALSE").to_dataframe(bqstorage_client=reader)), 0)

# Many rows come in several streams.
c.query_and_wait("CREATE TABLE py_pandas.many AS SELECT n, CONCAT('text ', n) AS s FROM UNNEST(GENERATE_ARRAY(1, 100000)) AS n")
many = c.list_rows("py_pandas.many").to_dataframe(bqstorage_client=reader)
same((len(many), int(many.n.sum()), many.s.nunique()), (100000, 5000050000, 100000))

frame = pandas.DataFrame({
    "name": ["Ann", None], "age": [34, 35], "at": pandas.to_datetime(["2026-11-03 08:00", "2026-11-03 09:00"], utc=True),
    "local": pandas.to_datetime(["2026-11-03 08:00", "2026-11-03 09:00"]), "tags": [["a", "b"], []],
})
same(c.load_table_from_dataframe(frame, "py_pandas.people").result().output_rows, 2)
back = c.query("SELECT * FROM py_pandas.people ORDER BY age").to_dataframe(bqstorage_client=reader)
same(back["at"].dt.strftime("%H:%M %Z").tolist(), ["08:00 UTC", "09:00 UTC"])
same([list(t) for t in back["tags"]], [["a", "b"], []])
same(back["name"].isna().tolist(), [False, True])

pandas_gbq.to_gbq(frame[["name", "age"]], "py_pandas.gbq", PROJECT, if_exists="replace", bigquery_client=c)
got = pandas_gbq.read_gbq("SELECT age FROM py_pandas.gbq ORDER BY age", PROJECT, bigquery_client=c, use_bqstorage_api=False)
same(got.age.tolist(), [34, 35])
