{{- /* Each of . is a table of raw. */ -}}
-- The records above the settled offsets of each partition in sum. dense says that they are
-- all offsets from the settled one to last_offset, so none is missing: then there is no
-- need to look at one after another. A record that is among the rejects and among the votes
-- or voters is two here, which is why nothing is dense where there is one.
INSERT INTO fresh_logs (
  kafka_topic, kafka_topic_id, kafka_partition, records, rejects,
  first_offset, last_offset, first_ingested_at, last_ingested_at, dense
)
SELECT
  f.kafka_topic, f.kafka_topic_id, f.kafka_partition, f.records, f.rejects,
  f.first_offset, f.last_offset, f.first_ingested_at, f.last_ingested_at,
  f.follow
    AND f.least_offset = coalesce(p.next_offset, 0)
    AND f.records = f.last_offset + 1 - f.least_offset
    AND (f.rejects = 0 OR f.votes = 0 OR (
      SELECT count(*)
      FROM fresh_rejects AS r
      JOIN fresh_votes AS v
        ON v.kafka_offset = r.kafka_offset
        AND v.kafka_partition = r.kafka_partition
        AND v.kafka_topic_id = r.kafka_topic_id
        AND v.kafka_topic = r.kafka_topic
    ) = 0)
    AND (f.rejects = 0 OR f.voters = 0 OR (
      SELECT count(*)
      FROM fresh_rejects AS r
      JOIN fresh_voters AS v
        ON v.kafka_offset = r.kafka_offset
        AND v.kafka_partition = r.kafka_partition
        AND v.kafka_topic_id = r.kafka_topic_id
        AND v.kafka_topic = r.kafka_topic
    ) = 0)
    AND (f.voters = 0 OR f.votes = 0 OR (
      SELECT count(*)
      FROM fresh_voters AS r
      JOIN fresh_votes AS v
        ON v.kafka_offset = r.kafka_offset
        AND v.kafka_partition = r.kafka_partition
        AND v.kafka_topic_id = r.kafka_topic_id
        AND v.kafka_topic = r.kafka_topic
    ) = 0) AS dense
FROM (
  SELECT
    kafka_topic,
    kafka_topic_id,
    kafka_partition,
    sum(records)::bigint AS records,
    coalesce(sum(records) FILTER (WHERE source = 'votes'), 0)::bigint AS votes,
    coalesce(sum(records) FILTER (WHERE source = 'voters'), 0)::bigint AS voters,
    coalesce(sum(records) FILTER (WHERE source = 'rejects'), 0)::bigint AS rejects,
    min(first_offset) AS first_offset,
    min(least_offset) AS least_offset,
    max(last_offset) AS last_offset,
    min(first_ingested_at) AS first_ingested_at,
    max(last_ingested_at) AS last_ingested_at,
    bool_and(follow) AS follow
  FROM (
{{- range $i, $table := .}}
{{- if $i}}
    UNION ALL
{{- end}}
    SELECT kafka_topic, kafka_topic_id, kafka_partition, '{{.Raw}}' AS source,
      count(*) AS records,
      min(kafka_offset) FILTER (WHERE kafka_follows = -1) AS first_offset,
      min(kafka_offset) AS least_offset,
      max(kafka_offset) AS last_offset,
      min(ingested_at) AS first_ingested_at,
      max(ingested_at) AS last_ingested_at,
      bool_and(kafka_follows < kafka_offset) AS follow
    FROM fresh_{{.Raw}}
    GROUP BY kafka_topic, kafka_topic_id, kafka_partition
{{- end}}
  ) AS r
  GROUP BY kafka_topic, kafka_topic_id, kafka_partition
) AS f
LEFT JOIN core.progress AS p
  ON p.kafka_topic = f.kafka_topic
  AND p.kafka_topic_id = f.kafka_topic_id
  AND p.kafka_partition = f.kafka_partition
