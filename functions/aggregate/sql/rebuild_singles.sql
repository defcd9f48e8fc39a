-- Rows that stand there more than once, of which a MERGE would change each. They
-- are counted again with the others.
DELETE FROM core.electorate_windows
WHERE window_start >= TIMESTAMP_TRUNC(@rebuild_from, HOUR) AND window_start < @rebuild_to
  AND TO_JSON_STRING(STRUCT(window_start, state, age_group, gender)) IN (
    SELECT TO_JSON_STRING(STRUCT(window_start, state, age_group, gender))
    FROM core.electorate_windows
    WHERE window_start >= TIMESTAMP_TRUNC(@rebuild_from, HOUR) AND window_start < @rebuild_to
    GROUP BY window_start, state, age_group, gender
    HAVING COUNT(*) > 1
  );
DELETE FROM core.vote_windows
WHERE window_start >= TIMESTAMP_TRUNC(@rebuild_from, HOUR) AND window_start < @rebuild_to
  AND TO_JSON_STRING(STRUCT(window_start, candidate, state, age_group, gender)) IN (
    SELECT TO_JSON_STRING(STRUCT(window_start, candidate, state, age_group, gender))
    FROM core.vote_windows
    WHERE window_start >= TIMESTAMP_TRUNC(@rebuild_from, HOUR) AND window_start < @rebuild_to
    GROUP BY window_start, candidate, state, age_group, gender
    HAVING COUNT(*) > 1
  );
DELETE FROM core.book_windows
WHERE window_start >= TIMESTAMP_TRUNC(@rebuild_from, HOUR) AND window_start < @rebuild_to
  AND TO_JSON_STRING(STRUCT(window_start, kafka_topic, kafka_topic_id, kafka_partition)) IN (
    SELECT TO_JSON_STRING(STRUCT(window_start, kafka_topic, kafka_topic_id, kafka_partition))
    FROM core.book_windows
    WHERE window_start >= TIMESTAMP_TRUNC(@rebuild_from, HOUR) AND window_start < @rebuild_to
    GROUP BY window_start, kafka_topic, kafka_topic_id, kafka_partition
    HAVING COUNT(*) > 1
  );
DELETE FROM core.vote_hours
WHERE hour >= TIMESTAMP_TRUNC(@rebuild_from, HOUR) AND hour < @rebuild_to
  AND TO_JSON_STRING(STRUCT(hour, candidate, state, age_group, gender)) IN (
    SELECT TO_JSON_STRING(STRUCT(hour, candidate, state, age_group, gender))
    FROM core.vote_hours
    WHERE hour >= TIMESTAMP_TRUNC(@rebuild_from, HOUR) AND hour < @rebuild_to
    GROUP BY hour, candidate, state, age_group, gender
    HAVING COUNT(*) > 1
  );
DELETE FROM analytics.hourly_trends
WHERE hour >= TIMESTAMP_TRUNC(@rebuild_from, HOUR) AND hour < @rebuild_to
  AND TO_JSON_STRING(STRUCT(hour, state, candidate)) IN (
    SELECT TO_JSON_STRING(STRUCT(hour, state, candidate))
    FROM analytics.hourly_trends
    WHERE hour >= TIMESTAMP_TRUNC(@rebuild_from, HOUR) AND hour < @rebuild_to
    GROUP BY hour, state, candidate
    HAVING COUNT(*) > 1
  );
DELETE FROM analytics.shown_hours
WHERE hour >= TIMESTAMP_TRUNC(@rebuild_from, HOUR) AND hour < @rebuild_to
  AND TO_JSON_STRING(STRUCT(hour, state, candidate)) IN (
    SELECT TO_JSON_STRING(STRUCT(hour, state, candidate))
    FROM analytics.shown_hours
    WHERE hour >= TIMESTAMP_TRUNC(@rebuild_from, HOUR) AND hour < @rebuild_to
    GROUP BY hour, state, candidate
    HAVING COUNT(*) > 1
  )
