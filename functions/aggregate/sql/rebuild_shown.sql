-- Cells that hold no vote any more, of hours that nothing touches, and candidates
-- for whom nobody has voted in a region. What else is shown stays, so that a
-- rebuild makes no step smaller than small_cell.
DELETE FROM analytics.shown_hours
WHERE TO_JSON_STRING(STRUCT(hour, state)) NOT IN (
    SELECT TO_JSON_STRING(STRUCT(hour, state)) FROM analytics.hourly_trends
  )
  OR TO_JSON_STRING(STRUCT(state, candidate)) NOT IN (
    SELECT TO_JSON_STRING(STRUCT(state, candidate)) FROM analytics.hourly_trends
  )
