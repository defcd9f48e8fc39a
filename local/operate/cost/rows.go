package cost

// Rows are how many rows of each table statements read in the middle of the voting: of raw
// those of the last hours, of other tables all.
func Rows(w Workload, m Measurement) map[string]int64 {
	half := w.seconds() / 2
	at := moment{
		m: &m, w: w, voterRecords: float64(w.Voters), loadMinutes: max(1, w.loadSeconds()/60),
		voteRate: float64(w.Voters) / w.seconds(), voteRecords: float64(w.Voters) / 2, hours: half / 3600,
	}
	rows := map[string]int64{}
	for _, s := range append([]step{poll, state, shownLive(false), snapshot(false)}, pass...) {
		for _, r := range s.reads {
			switch r.scope {
			case fresh:
			case recent, looked:
				rows[r.table] = int64(at.recentRows(r.table, recentHours))
			default:
				rows[r.table] = int64(at.wholeRows(r.table))
			}
		}
	}
	return rows
}
