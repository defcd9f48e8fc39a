-- Of analytics.shown_hours, which a rebuild of everything keeps, only cells with more than one
-- row are deleted.
DELETE FROM analytics.shown_hours
WHERE TO_JSON_STRING(STRUCT(hour, state, candidate)) IN (
  SELECT TO_JSON_STRING(STRUCT(hour, state, candidate))
  FROM analytics.shown_hours
  GROUP BY hour, state, candidate
  HAVING COUNT(*) > 1
)
