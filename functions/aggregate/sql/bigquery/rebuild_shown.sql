-- Deletes shown votes of a region's hours that have no votes any more, and of candidates
-- who have no vote in a region. The rest stays, so that a rebuild changes no cell by
-- fewer than small_cell votes.
DELETE FROM analytics.shown_hours
WHERE TO_JSON_STRING(STRUCT(hour, state)) NOT IN (
    SELECT TO_JSON_STRING(STRUCT(hour, state)) FROM analytics.hourly_trends
  )
  OR TO_JSON_STRING(STRUCT(state, candidate)) NOT IN (
    SELECT TO_JSON_STRING(STRUCT(state, candidate)) FROM analytics.hourly_trends
  )
