"""Counts an election with Spark structured streaming into DuckDB.

    python job.py job.json

job.json says what to count, and in which folder to write what came out: Job and Outcome in
job.go.
"""

import json
import os
import sys
import time

STARTED = time.monotonic()  # what is imported below takes part of the start-up time

import duckdb  # noqa: E402
import pandas  # noqa: E402
from pyspark.sql import DataFrame, SparkSession  # noqa: E402
from pyspark.sql import functions as F  # noqa: E402

# Both topics in one schema: a vote lacks the state, a registration the rest.
FIELDS = "voter_id STRING, candidate STRING, timestamp TIMESTAMP, state STRING"


def session(job: dict) -> SparkSession:
    """Starts the JVM with Spark in it."""
    os.environ["PYSPARK_PYTHON"] = sys.executable  # of the processes that keep a state in Python
    settings = {
        "spark.master": f"local[{job['cores']}]",
        "spark.driver.memory": job["memory"],
        "spark.driver.extraClassPath": job["jars"] + "/*",
        "spark.ui.enabled": "false",
        "spark.log.level": "ERROR",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.streaming.numRecentProgressUpdates": "100000",
        # A task for each core: the state is as many stores.
        "spark.sql.shuffle.partitions": job["cores"],
        "spark.sql.streaming.noDataMicroBatches.enabled": "false",
    }
    return SparkSession.builder.appName("tallystream").config(map=settings).getOrCreate()


ORDER = ("sent", "partition", "offset")  # of records, as the count has it


def records(spark: SparkSession, job: dict, batch: int) -> DataFrame:
    """The topics' records, each with its voter and a vote or a registration that counts, or
    neither."""
    fields = (
        spark.readStream.format("kafka")
        .option("kafka.bootstrap.servers", job["brokers"])
        .option("subscribe", f"{job['voters_topic']},{job['votes_topic']}")
        .option("startingOffsets", "earliest")
        .option("maxOffsetsPerTrigger", batch)
        .load()
        .select(
            "topic",
            "partition",
            "offset",
            F.col("timestamp").alias("sent"),
            F.from_json(F.col("value").cast("string"), FIELDS).alias("r"),
        )
    )
    voted = (
        (F.col("topic") == job["votes_topic"])
        & F.col("r.candidate").isin(job["candidates"])
        & (F.col("r.timestamp") >= F.lit(job["opens"]).cast("timestamp"))
        & (F.col("r.timestamp") < F.lit(job["closes"]).cast("timestamp"))
    )
    registered = (F.col("topic") == job["voters_topic"]) & F.col("r.state").isin(job["regions"])
    minute = F.date_trunc("minute", "r.timestamp").cast("timestamp_ntz").alias("minute")  # in UTC
    # No where: it would have the JSON parsed once for each field in the condition.
    return fields.select(
        F.col("r.voter_id").alias("voter_id"),
        F.when(voted, F.struct(*ORDER, minute, F.col("r.candidate"))).alias("vote"),
        F.when(registered, F.struct(*ORDER, F.col("r.state").alias("region"))).alias("registration"),
    )


def sql_state(records: DataFrame) -> DataFrame:
    """The vote that counts of each voter who is registered, where a batch has one of the voter's
    records.

    The state is a row for each voter: of the votes the earliest, of the registrations the
    latest. So a second vote loses, a vote waits for its voter, and one who moves takes the vote
    along.
    """
    return (
        records.groupBy("voter_id")
        .agg(F.min("vote").alias("vote"), F.max("registration").alias("registration"))
        .where("vote IS NOT NULL AND registration IS NOT NULL")
        .select("voter_id", "vote.minute", "registration.region", "vote.candidate")
    )


def python_state(records: DataFrame) -> DataFrame:
    """The same by a function that is called with each voter's records and state."""
    # Whole numbers and texts only, which pandas holds without a conversion.
    flat = records.where("vote IS NOT NULL OR registration IS NOT NULL").selectExpr(
        "voter_id",
        "vote IS NOT NULL AS voted",
        "unix_millis(coalesce(vote.sent, registration.sent)) AS sent",
        "coalesce(vote.partition, registration.partition) AS partition",
        "coalesce(vote.offset, registration.offset) AS offset",
        "coalesce(unix_seconds(vote.minute::timestamp), 0L) AS minute",
        "coalesce(vote.candidate, registration.region) AS text",
    )
    state = "vote STRUCT<{0}, minute: LONG, candidate: STRING>, registration STRUCT<{0}, region: STRING>".format(
        "sent: LONG, partition: INT, offset: LONG"
    )

    def keep(key, frames, held):
        vote, registration = held.get if held.exists else (None, None)
        for frame in frames:
            for _, voted, sent, partition, offset, minute, text in frame.itertuples(index=False, name=None):
                at = (sent, partition, offset)
                if voted:
                    vote = min(filter(None, (vote, (*at, minute, text))))
                else:
                    registration = max(filter(None, (registration, (*at, text))))
        held.update((vote, registration))
        if vote and registration:
            yield pandas.DataFrame(
                {"voter_id": [key[0]], "minute": [vote[3]], "region": [registration[3]], "candidate": [vote[4]]}
            )

    result = "voter_id STRING, minute LONG, region STRING, candidate STRING"
    return (
        flat.groupBy("voter_id")
        .applyInPandasWithState(keep, result, state, "update", "NoTimeout")
        .withColumn("minute", F.timestamp_seconds("minute").cast("timestamp_ntz"))
    )


STATES = {"sql": sql_state, "python": python_state}


class Sink:
    """The result in DuckDB: the votes of each minute, region and candidate."""

    def __init__(self, path: str):
        self.db = duckdb.connect(path)
        self.committed = 0.0  # when the last batch was
        self.db.execute("""
            CREATE TABLE batches (id BIGINT PRIMARY KEY);
            CREATE TABLE ballots (voter_id VARCHAR, minute TIMESTAMP, region VARCHAR, candidate VARCHAR);
            CREATE TABLE windows (
              minute TIMESTAMP, region VARCHAR, candidate VARCHAR, votes BIGINT,
              PRIMARY KEY (minute, region, candidate));
        """)

    def write(self, batch: DataFrame, number: int) -> None:
        """Takes over a batch in one transaction, unless it has been: Spark may repeat one."""
        db = self.db
        if db.execute("SELECT 1 FROM batches WHERE id = ?", [number]).fetchone():
            return
        db.register("batch", batch.toArrow())
        db.execute("BEGIN")
        db.execute("CREATE OR REPLACE TEMP TABLE fresh AS SELECT * FROM batch")
        db.execute("""
            INSERT INTO windows
            SELECT minute, region, candidate, sum(n)::BIGINT AS votes FROM (
              SELECT minute, region, candidate, 1 AS n FROM fresh
              UNION ALL
              SELECT minute, region, candidate, -1 FROM ballots SEMI JOIN fresh USING (voter_id))
            GROUP BY ALL HAVING votes <> 0
            ON CONFLICT DO UPDATE SET votes = windows.votes + excluded.votes
        """)
        db.execute("DELETE FROM ballots WHERE voter_id IN (SELECT voter_id FROM fresh)")
        db.execute("INSERT INTO ballots SELECT voter_id, minute, region, candidate FROM fresh")
        db.execute("INSERT INTO batches VALUES (?)", [number])
        db.execute("COMMIT")
        db.unregister("batch")
        self.committed = time.monotonic()

    def windows(self) -> list:
        """The result, each row as minute (seconds since 1970), region, candidate and votes."""
        return self.db.execute("""
            SELECT epoch(minute)::BIGINT, region, candidate, votes FROM windows WHERE votes <> 0 ORDER BY ALL
        """).fetchall()


def processor_seconds(spark: SparkSession) -> float:
    """What Python and the JVM have had of the processors; 0 where there is no /proc."""
    try:
        with open(f"/proc/{spark.sparkContext._gateway.proc.pid}/stat", encoding="utf-8") as f:
            user, system = f.read().rsplit(")", 1)[1].split()[11:13]
    except FileNotFoundError:
        return 0.0
    return time.process_time() + (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def count(spark: SparkSession, job: dict, number: int) -> dict:
    """Reads the topics from the earliest offset to the end, with a state and a result that
    are empty, and writes the result to a file. Returns what it took."""
    folder = f"{job['folder']}/{number}"
    os.mkdir(folder)
    sink = Sink(folder + "/result.duckdb")
    used, begun = processor_seconds(spark), time.monotonic()
    query = (
        STATES[job["state"]](records(spark, job, job["batches"][number]))
        .writeStream.outputMode("update")
        .option("checkpointLocation", folder + "/checkpoint")
        .foreachBatch(sink.write)
        .trigger(availableNow=True)
        .start()
    )
    query.awaitTermination()
    used = processor_seconds(spark) - used
    with open(f"{job['folder']}/windows-{number}.json", "w", encoding="utf-8") as f:
        json.dump(sink.windows(), f)
    progress = query.recentProgress
    return {
        "records": sum(p["numInputRows"] for p in progress),
        "batches": len(progress),
        "seconds": sink.committed - begun,
        "processor_seconds": used,
    }


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as f:
        job = json.load(f)
    spark = session(job)
    outcome = {"start_seconds": time.monotonic() - STARTED}
    outcome["counts"] = [count(spark, job, n) for n in range(len(job["batches"]))]
    with open(job["folder"] + "/outcome.json", "w", encoding="utf-8") as f:
        json.dump(outcome, f)
    spark.stop()


if __name__ == "__main__":
    main()
