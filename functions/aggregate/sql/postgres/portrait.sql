-- The portrait of a vote. It begins with a sort key, the vote's timestamp, partition and
-- offset, so that the least one is the earliest.
lpad((extract(epoch FROM kafka_timestamp) * 1000000)::bigint::text, 17, '0')
  || '/' || lpad(kafka_partition::text, 10, '0')
  || '/' || lpad(kafka_offset::text, 19, '0')
  || '/' || candidate_image
