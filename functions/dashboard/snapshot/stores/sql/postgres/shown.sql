SELECT
  state,
  candidate,
  string_agg(concat_ws(' ', extract(epoch FROM hour)::bigint, votes), ' ') AS hours
FROM analytics.shown_hours
GROUP BY state, candidate
