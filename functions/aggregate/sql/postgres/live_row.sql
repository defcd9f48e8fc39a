-- The row of live_changes.sql.
SELECT
  coalesce((SELECT jsonb_agg(to_jsonb(c)) FROM changed_votes AS c), '[]') AS votes,
  coalesce((SELECT jsonb_agg(to_jsonb(c)) FROM changed_electorate AS c), '[]') AS electorate,
  coalesce((SELECT jsonb_agg(to_jsonb(c)) FROM changed_books AS c), '[]') AS books
