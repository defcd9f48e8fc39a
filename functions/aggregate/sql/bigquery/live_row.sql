-- The row of live_changes.sql. registrations are how many registrations are above the settled
-- offsets, counted already or not. waiting_from is the least ingest time of the
-- records that wait for a missing one. They are counted though not settled: whoever asks again
-- and reads only later ones takes them away.
SELECT
  ARRAY(SELECT AS STRUCT * FROM changed_votes) AS votes,
  ARRAY(SELECT AS STRUCT * FROM changed_electorate) AS electorate,
  ARRAY(SELECT AS STRUCT * FROM changed_books) AS books,
  (SELECT COUNT(*) FROM fresh_voters) AS registrations,
  (SELECT MIN(ingest_floor) FROM core.progress WHERE records_above > 0) AS waiting_from
