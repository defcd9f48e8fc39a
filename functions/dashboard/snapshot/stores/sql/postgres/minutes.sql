SELECT
  state,
  candidate,
  string_agg(concat_ws(' ', extract(epoch FROM window_start)::bigint, votes, revision), ' ') AS minutes
FROM analytics.minute_trends
WHERE window_start >= @minutes_from
GROUP BY state, candidate
