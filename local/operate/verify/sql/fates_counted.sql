-- The columns that count fates, and the watermark: the latest event time of the records that count,
-- of each no later than the time at which it was sent. The fates are named r.
COUNT(CASE WHEN r.fate = 'accepted' THEN 1 END) AS accepted,
COUNT(CASE WHEN r.fate = 'pending' THEN 1 END) AS pending,
COUNT(CASE WHEN r.fate = 'duplicate' THEN 1 END) AS duplicate,
COUNT(CASE WHEN r.fate = 'accepted' AND {{minuteAhead "r.event_time" "r.kafka_timestamp"}} THEN 1 END) AS ahead,
MAX(CASE WHEN r.fate = 'accepted' THEN LEAST(r.event_time, r.kafka_timestamp) END) AS watermark
