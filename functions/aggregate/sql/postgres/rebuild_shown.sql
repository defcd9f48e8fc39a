-- Deletes shown votes of a region's hours that have no votes any more, and of candidates
-- who have no vote in a region. The rest stays, so that a rebuild changes no cell by
-- fewer than small_cell votes.
DELETE FROM analytics.shown_hours AS s
WHERE NOT EXISTS (SELECT FROM analytics.hourly_trends AS t WHERE t.hour = s.hour AND t.state = s.state)
  OR NOT EXISTS (SELECT FROM analytics.hourly_trends AS t WHERE t.state = s.state AND t.candidate = s.candidate)
