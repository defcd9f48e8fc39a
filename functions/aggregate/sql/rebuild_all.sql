-- Everything that follows from raw goes, in the order in which a pass replaces
-- it: of two transactions that meet, one gives way. The amendments stay: they
-- tell the course of the count, which raw doesn't. So do the shown hours, which
-- go on from what readers have seen, but for rows that stand there more than once.
DELETE FROM core.voters WHERE TRUE;
DELETE FROM core.ballots WHERE TRUE;
DELETE FROM core.duplicates WHERE TRUE;
DELETE FROM core.electorate_windows WHERE TRUE;
DELETE FROM core.vote_windows WHERE TRUE;
DELETE FROM core.book_windows WHERE TRUE;
DELETE FROM core.vote_hours WHERE TRUE;
DELETE FROM analytics.hourly_trends WHERE TRUE;
DELETE FROM analytics.shown_hours
WHERE TO_JSON_STRING(STRUCT(hour, state, candidate)) IN (
  SELECT TO_JSON_STRING(STRUCT(hour, state, candidate))
  FROM analytics.shown_hours
  GROUP BY hour, state, candidate
  HAVING COUNT(*) > 1
);
DELETE FROM analytics.candidate_totals WHERE TRUE;
DELETE FROM analytics.regional_turnout WHERE TRUE;
DELETE FROM analytics.demographic_analysis WHERE TRUE;
DELETE FROM core.progress WHERE TRUE;
DELETE FROM analytics.books WHERE TRUE
