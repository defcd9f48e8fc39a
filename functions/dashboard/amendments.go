package dashboard

// mostAmendments is how many rows a snapshot has at most, see snapshot.sql.
const mostAmendments = 100

// amendments lists the changes of minutes, newest first: none with a filter by
// region, because the table has none. An amendment may be one late vote: where
// votes by candidate are shown in steps, those of a minute and pass are put
// together, without saying for whom.
func (ed *edition) amendments(f Filter) []Amendment {
	named := ed.election.SmallestGroup() <= 1
	list := []Amendment{}
	together := map[Amendment]int{} // index by minute and pass
	rows := ed.snapshot.Amendments
	if !named && len(rows) >= mostAmendments {
		last := rows[len(rows)-1]
		for len(rows) > 0 && rows[len(rows)-1].Minute.Equal(last.Minute) && rows[len(rows)-1].AmendedAt.Equal(last.AmendedAt) {
			rows = rows[:len(rows)-1]
		}
	}
	for _, row := range rows {
		if f.Region != nil || !f.time(row.Minute) {
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
