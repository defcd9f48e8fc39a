{{- /* The portrait of a vote. It begins with a sort key, the vote's timestamp, partition and
  offset, so that the least one is the earliest. */ -}}
lpad((
  date_part('epoch', date_bin('1 second', kafka_timestamp, '0001-01-01 00:00:00+00'))::bigint * 1000000
    + date_part('microseconds', kafka_timestamp)::bigint % 1000000
)::text, 17, '0')
  || '/' || lpad(kafka_partition::text, 10, '0')
  || '/' || lpad(kafka_offset::text, 19, '0')
  || '/' || candidate_image
