"""polars: from a query's Arrow, and to a table by a Parquet file."""
import io

import polars
from google.cloud import bigquery

from reach import dataset, same, storage_client

c = dataset("py_polars")
frame = polars.from_arrow(c.query("SELECT candidate, votes FROM py_polars.counts").to_arrow(bqstorage_client=storage_client()))
same(frame.sort("votes").rows(), [("Osei", 2), ("Rivera", 3)])

file = io.BytesIO()
frame.with_columns(polars.col("votes") * 2, polars.lit([1.5, 2.5]).alias("marks")).write_parquet(file)
file.seek(0)
options = bigquery.ParquetOptions()
options.enable_list_inference = True
config = bigquery.LoadJobConfig(source_format="PARQUET")
config.parquet_options = options
same(c.load_table_from_file(file, "py_polars.twice", job_config=config).result().output_rows, 2)
same([tuple(r) for r in c.query_and_wait("SELECT votes, marks FROM py_polars.twice ORDER BY votes")], [(4, [1.5, 2.5]), (6, [1.5, 2.5])])
