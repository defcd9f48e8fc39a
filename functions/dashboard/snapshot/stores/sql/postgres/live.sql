-- What the records above the settled offsets change: see
-- functions/aggregate/sql/live_changes.sql.
SELECT votes, electorate, books
FROM analytics.live_changes(@floor, @until, @votes_from, @voters_from, @rejects_from)
