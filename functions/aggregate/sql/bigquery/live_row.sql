-- The row of live_changes.sql. registrations are how many registrations are above the settled
-- offsets, counted already or not. waiting_from is an ingest time: no record that waits for a
-- missing one, and is counted therefore without being settled, came before it. Whoever asks
-- again and reads fewer than all of those takes records away that count.
SELECT
  ARRAY(SELECT AS STRUCT * FROM changed_votes) AS votes,
  ARRAY(SELECT AS STRUCT * FROM changed_electorate) AS electorate,
  ARRAY(SELECT AS STRUCT * FROM changed_books) AS books,
  (SELECT COUNT(*) FROM fresh_voters) AS registrations,
  (SELECT MIN(ingest_floor) FROM core.progress WHERE records_above > 0) AS waiting_from
