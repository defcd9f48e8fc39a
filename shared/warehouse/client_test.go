package warehouse

import "testing"

func TestPrefixed(t *testing.T) {
	for sql, want := range map[string]string{
		"SELECT core.progress.x FROM core.progress":                   "SELECT spring_core.progress.x FROM spring_core.progress",
		"FROM `raw.votes` JOIN (SELECT 1)":                            "FROM `spring_raw.votes` JOIN (SELECT 1)",
		"analytics.live_arrivals(@floor), analytics.log_ends":         "spring_analytics.live_arrivals(@floor), spring_analytics.log_ends",
		"FROM `p.raw.votes`, raw.votes_2, raw.nothing, draw.votes":    "FROM `p.raw.votes`, raw.votes_2, raw.nothing, draw.votes",
		"SELECT 'raw.votes', \"core.ballots\", x.core.ballots FROM y": "SELECT 'raw.votes', \"core.ballots\", x.core.ballots FROM y",
	} {
		if got := prefixed(sql, "spring_"); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", sql, got, want)
		}
		if got := prefixed(sql, ""); got != sql {
			t.Errorf("without a prefix %s becomes %s", sql, got)
		}
	}
}
