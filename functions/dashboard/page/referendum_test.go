package page

import (
	"strings"
	"testing"

	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/shared/election"
)

func TestPageTellsWhatAnAnswerNeeds(t *testing.T) {
	e := sample.Election(t)
	if page := renderSnapshot(t, e, sample.Small()); strings.Contains(page, "conditions") {
		t.Error("an election without a question has conditions")
	}
	e.Referendum = &election.Referendum{Question: "Shall the city build a tram?", Answer: "chen", Turnout: 0.5, OfRegistered: 0.165}
	for name, tc := range map[string]struct {
		s    *snapshot.Snapshot
		want []string
	}{
		"counting": {sample.Small(), []string{
			`<p class="question" data-t="question">Shall the city build a tram?</p>`,
			`<h2 class="unseen">Answers</h2>`,
			`<span class="label" data-f="label">More than 50% of the votes for David Chen</span>`,
			`<span class="far" data-f="says">30.0%: 21 votes short so far</span>`,
			`<span class="label" data-f="label">Turnout of 50%</span>`,
			`<rect class="meter" width="500.0" height="10"/><rect class="rule" x="500.0" width="4" height="10"/>`,
			`<span class="far" data-f="says">50.0%: reached so far</span>`,
			`<span class="label" data-f="label">16.5% of all registered voters for David Chen</span>`,
			`<span class="far" data-f="says">15.0%: 3 votes short so far</span>`,
		}},
		"no votes": {&snapshot.Snapshot{}, []string{`<span class="far" data-f="says">No votes are shown yet</span>`}},
	} {
		page := renderSnapshot(t, e, tc.s)
		for _, want := range tc.want {
			if !strings.Contains(page, want) {
				t.Errorf("%s: the page lacks %s", name, want)
			}
		}
	}
}
