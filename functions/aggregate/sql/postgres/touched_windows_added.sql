-- The minutes of event time that this pass changes, by topic. A topic has registrations or
-- votes.
INSERT INTO touched_windows (source, kafka_topic, window_start)
SELECT DISTINCT
  CASE WHEN kafka_topic IN (SELECT kafka_topic FROM roll) THEN 'voters' ELSE 'votes' END,
  kafka_topic,
  window_start
FROM changed_books
