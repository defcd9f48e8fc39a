package damage

// analytics are changes of what passes publish.
func analytics(changed Changed) []Change {
	return []Change{
		{
			3, "books that claim more",
			`UPDATE analytics.books SET accepted = accepted + 1 WHERE kafka_topic = 'votes' AND kafka_partition = 0`,
			`UPDATE analytics.books SET accepted = accepted - 1 WHERE kafka_topic = 'votes' AND kafka_partition = 0`,
			"analytics.books: kafka_topic \"votes\"",
		},
		{
			2, "a reason that rejected more",
			`UPDATE analytics.rejections SET rejected = rejected + 1, settled = settled + 1 WHERE kafka_topic = 'votes' AND reason = (SELECT MIN(reason) FROM analytics.rejections WHERE kafka_topic = 'votes')`,
			`UPDATE analytics.rejections SET rejected = rejected - 1, settled = settled - 1 WHERE kafka_topic = 'votes' AND reason = (SELECT MIN(reason) FROM analytics.rejections WHERE kafka_topic = 'votes')`,
			"analytics.rejections: kafka_topic \"votes\"",
		},
		{
			1, "an altered total",
			`UPDATE analytics.candidate_totals SET votes = votes + 1 WHERE candidate = (SELECT MIN(candidate) FROM analytics.candidate_totals)`,
			`UPDATE analytics.candidate_totals SET votes = votes - 1 WHERE candidate = (SELECT MIN(candidate) FROM analytics.candidate_totals)`,
			"analytics.candidate_totals: candidate",
		},
		{
			2, "an altered share",
			`UPDATE analytics.candidate_totals SET share = share + 0.001 WHERE candidate = (SELECT MIN(candidate) FROM analytics.candidate_totals)`,
			`UPDATE analytics.candidate_totals SET share = share - 0.001 WHERE candidate = (SELECT MIN(candidate) FROM analytics.candidate_totals)`,
			"analytics.candidate_totals: candidate",
		},
		{
			1, "another leader",
			`UPDATE analytics.regional_turnout SET leader = CONCAT(leader, '!') WHERE state = (SELECT MIN(state) FROM analytics.regional_turnout WHERE leader IS NOT NULL)`,
			`UPDATE analytics.regional_turnout SET leader = RTRIM(leader, '!') WHERE leader IS NOT NULL`,
			"analytics.regional_turnout: state",
		},
		{
			1, "a trend that isn't one",
			"INSERT INTO analytics.hourly_trends " + changed("analytics.hourly_trends", "candidate", "'nobody'") + " ORDER BY hour LIMIT 1",
			`DELETE FROM analytics.hourly_trends WHERE candidate = 'nobody'`,
			"analytics.hourly_trends: hour",
		},
		{
			1, "votes shown of nobody",
			`INSERT INTO analytics.shown_hours (hour, state, candidate, votes, updated_at) VALUES ('1999-12-31 23:00:00+00', 'TX', 'nobody', 12, '1999-12-31 23:00:00+00')`,
			`DELETE FROM analytics.shown_hours WHERE candidate = 'nobody'`,
			"analytics.shown_hours: hour",
		},
		{
			1, "a group of voters",
			`UPDATE analytics.demographic_analysis SET voted = voted + 1 WHERE TRUE`,
			`UPDATE analytics.demographic_analysis SET voted = voted - 1 WHERE TRUE`,
			"analytics.demographic_analysis: state",
		},
		{
			1, "totals of two days",
			`UPDATE analytics.regional_turnout SET election_date = election_date + 1 WHERE TRUE`,
			`UPDATE analytics.regional_turnout SET election_date = election_date - 1 WHERE TRUE`,
			"several days",
		},
		{
			4, "an amendment to what isn't so",
			`INSERT INTO analytics.amendments (window_start, candidate, votes_before, votes_after, revision, watermark, updated_at)
		 VALUES ('2026-01-01 00:00:00+00', 'ghost', 0, 7, 1, '2026-01-02 00:00:00+00', CURRENT_TIMESTAMP)`,
			`DELETE FROM analytics.amendments WHERE candidate = 'ghost'`,
			"votes_after is 7, core.vote_windows has 0",
		},
		{
			5, "an amendment missing",
			`INSERT INTO analytics.amendments (window_start, candidate, votes_before, votes_after, revision, watermark, updated_at)
		 VALUES ('2026-01-01 00:00:00+00', 'ghost', 3, 0, 2, '2026-01-02 00:00:00+00', CURRENT_TIMESTAMP)`,
			`DELETE FROM analytics.amendments WHERE candidate = 'ghost'`,
			"revision 2: amendment number 1 of its minute",
		},
	}
}
