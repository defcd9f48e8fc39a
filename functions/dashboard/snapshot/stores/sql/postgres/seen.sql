-- Which instant the transaction sees, and which pass and step the tables are of. Two
-- transactions of the same instant see the same rows: no other transaction has ended
-- between them. A standby can't tell that.
SELECT
  CASE WHEN pg_is_in_recovery() THEN '' ELSE pg_current_snapshot()::text END AS instant,
  (SELECT max(updated_at) FROM analytics.books) AS pass,
  (SELECT max(updated_at) FROM analytics.shown_hours) AS step
