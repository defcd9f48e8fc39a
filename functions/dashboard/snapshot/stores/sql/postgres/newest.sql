-- About where the minutes end, see Snapshot.Anchor.
SELECT COALESCE(least(max(hour), (SELECT max(last_ingested_at) FROM analytics.books)), 'epoch')
FROM analytics.hourly_trends
