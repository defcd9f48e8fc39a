WHERE r.ingested_at >= @reports_from
