-- The date of the totals: the election file's, else that of the earliest counted vote,
-- else that of the earliest registration.
SET election_day = COALESCE(
  @election_date,
  (SELECT DATE(MIN(hour)) FROM core.vote_hours),
  (SELECT DATE(MIN(window_start)) FROM core.electorate_windows)
)
