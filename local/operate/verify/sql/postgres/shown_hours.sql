-- What is shown by hour, region and candidate: at most one row, with votes, and only
-- where votes were counted, be they settled or not. How many of them it shows depends on when passes ran.
SELECT 1 AS count, concat(
  'hour ', hour, ', state "', state, '", candidate "', candidate, '": ',
  CASE
    WHEN copies > 1 THEN concat('stands there ', copies, ' times')
    WHEN votes <= 0 THEN concat('votes is ', votes, ', want more than 0')
    ELSE concat('votes is ', votes, ', and none is counted of that hour and state')
  END
) AS text
FROM (
  SELECT hour, state, candidate, count(*) AS copies, min(votes) AS votes
  FROM analytics.shown_hours
  GROUP BY hour, state, candidate
) AS s
WHERE copies > 1 OR votes <= 0
  OR NOT EXISTS (SELECT FROM analytics.hourly_trends AS h WHERE h.hour = s.hour AND h.state = s.state)
    -- Votes of the hour that aren't settled, by voters with a registration in the region, settled or not.
    AND NOT EXISTS (
      SELECT
      FROM raw.votes AS r
      LEFT JOIN core.progress AS p USING (kafka_topic, kafka_topic_id, kafka_partition)
      WHERE r.kafka_offset >= coalesce(p.next_offset, 0)
        AND date_trunc('hour', r.voted_at, 'UTC') = s.hour
        AND (
          EXISTS (SELECT FROM core.voters AS v WHERE v.voter_key = r.voter_key AND v.state = s.state)
          OR EXISTS (SELECT FROM raw.voters AS v WHERE v.voter_key = r.voter_key AND v.state = s.state)
        )
    )
ORDER BY hour, state, candidate
