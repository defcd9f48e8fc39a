{{- /* The columns of contenders by which votes count, for contenders.sql and rivals.sql. */ -}}
{{- define "rank"}}row_number() OVER (
      PARTITION BY r.voter_key
      ORDER BY r.kafka_timestamp, r.kafka_partition, r.kafka_offset, r.kafka_topic_id
    ) AS rank{{end -}}
{{- define "moved"}}NOT held
    OR rank > 1
    OR held_state IS DISTINCT FROM state
    OR held_age_group IS DISTINCT FROM age_group
    OR held_gender IS DISTINCT FROM gender AS moved{{end -}}
