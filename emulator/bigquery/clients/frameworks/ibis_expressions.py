"""ibis: expressions over a table, a table from a frame, what a table is like."""
import ibis
import pandas

from reach import PROJECT, dataset, same, storage_client

c = dataset("py_ibis")
con = ibis.bigquery.connect(project_id=PROJECT, dataset_id="py_ibis", client=c, storage_client=storage_client())
votes = con.table("counts")
same(list(votes.schema().names), ["candidate", "day", "votes", "share"])
got = votes.group_by("day").agg(total=votes.votes.sum(), most=votes.votes.max()).execute()
same(got[["total", "most"]].values.tolist(), [[5, 3]])
same(votes.filter(votes.candidate.startswith("R")).votes.execute().tolist(), [3])
con.create_table("made", votes.select("candidate", twice=votes.votes * 2))
same(sorted(con.table("made").to_pyarrow().column("twice").to_pylist()), [4, 6])
con.create_table("frame", pandas.DataFrame({"a": [1, 2], "b": ["x", "y"]}))
same(con.table("frame").order_by("a").b.execute().tolist(), ["x", "y"])
same(sorted(con.list_tables()), ["counts", "frame", "made"])
