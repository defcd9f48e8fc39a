-- What the records above the settled offsets change: see functions/aggregate/sql/live_changes.sql.
ARRAY(
  SELECT AS STRUCT
    state,
    candidate,
    STRING_AGG(CONCAT(CAST(UNIX_SECONDS(window_start) AS STRING), ' ', CAST(votes AS STRING)), ' ') AS minutes
  FROM UNNEST(live.votes)
  GROUP BY state, candidate
) AS live_votes,
live.electorate AS live_electorate,
live.books AS live_books,
live.registrations AS live_registrations,
live.waiting_from AS live_waiting_from
FROM analytics.live_changes(@floor, @until, @votes_from, @voters_from, @rejects_from) AS live
