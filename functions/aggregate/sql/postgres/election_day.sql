-- The date of the totals: the election file's, else that of the earliest counted vote,
-- else that of the earliest registration.
SELECT coalesce(
  @election_date::date,
  (SELECT min(hour) FROM core.vote_hours)::date,
  (SELECT min(window_start) FROM core.electorate_windows)::date
) AS election_day
