package disclosure

import (
	"strconv"
	"strings"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/filter"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
)

// Amendment is a change of a minute that had been published as complete. The
// candidate, and the votes before and after, are null where votes by candidate are
// shown in steps.
type Amendment struct {
	WindowStart time.Time `json:"window_start"`
	Candidate   *string   `json:"candidate"`
	Before      *int64    `json:"before"`
	After       *int64    `json:"after"`
	Change      int64     `json:"change"`
	Revision    int64     `json:"revision"`
	AmendedAt   time.Time `json:"amended_at"`
}

// Key tells the amendment from others of its document.
func (a Amendment) Key() string {
	candidate := ""
	if a.Candidate != nil {
		candidate = *a.Candidate
	}
	return strings.Join([]string{
		a.WindowStart.Format(time.RFC3339), candidate, strconv.FormatInt(a.Revision, 10), a.AmendedAt.Format(time.RFC3339Nano),
	}, "|")
}

// mostAmendments is how many rows a snapshot has at most, see snapshot.sql.
const mostAmendments = 100

// Amendments lists the changes of minutes, newest first. With a filter by region
// there are none, because the table has no regions. An amendment may be one late
// vote. So where votes by candidate are shown in steps, the amendments of a minute
// by a pass are one, without a candidate.
func Amendments(rows []snapshot.AmendmentRow, f filter.Filter, smallCell int64) []Amendment {
	named := smallCell <= 1
	list := []Amendment{}
	together := map[Amendment]int{} // index by minute and pass
	if !named && len(rows) >= mostAmendments {
		last := rows[len(rows)-1]
		for len(rows) > 0 && rows[len(rows)-1].Minute.Equal(last.Minute) && rows[len(rows)-1].AmendedAt.Equal(last.AmendedAt) {
			rows = rows[:len(rows)-1]
		}
	}
	for _, row := range rows {
		if f.Region != nil || !f.Includes(row.Minute) {
			continue
		}
		a := Amendment{WindowStart: row.Minute.UTC(), AmendedAt: row.AmendedAt.UTC()}
		if named {
			a.Candidate, a.Before, a.After = &row.Candidate, &row.Before, &row.After
			a.Change, a.Revision = row.After-row.Before, row.Revision
			list = append(list, a)
			continue
		}
		i, ok := together[a]
		if !ok {
			i = len(list)
			together[a] = i
			list = append(list, a)
		}
		list[i].Change += row.After - row.Before
		list[i].Revision = max(list[i].Revision, row.Revision)
	}
	return list
}
