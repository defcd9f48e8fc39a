package cost

// scope says which rows of a table a statement is billed for.
type scope int

const (
	whole   scope = iota // all of them
	recent               // raw: those of the last hours of ingest, as a pass reads them
	looked               // raw: those that a look of the dashboard reads
	touched              // core, analytics: the blocks of the touched minutes
	fresh                // temporary tables: what one pass found
)

// read is what a statement reads of one table; no columns are all.
type read struct {
	table   string
	columns []string
	scope   scope
}

// step is a statement of a pass, named as its file, or a query around one.
type step struct {
	name  string
	group string
	reads []read
}

// Groups of steps, as a table shows them.
const (
	groupNew     = "finding what is new"
	groupHeld    = "looking up the touched voters"
	groupReplace = "replacing their ballots and registrations"
	groupWindows = "counting the touched minutes again"
	groupResults = "totals, books and settling"
	groupSteps   = "moving the shown votes between them"
)

// part are the columns that name a partition, and identity those that name a record. position
// are those by which a lookup finds the record of a voter, and ranks it.
var (
	part     = []string{"kafka_topic", "kafka_topic_id", "kafka_partition"}
	identity = with(part, "kafka_offset")
	position = []string{"voter_key", "kafka_log", "kafka_offset", "kafka_timestamp"}
)

func with(columns []string, more ...string) []string {
	return append(append([]string(nil), columns...), more...)
}

func all(table string, of scope) read { return read{table: table, scope: of} }

var progress = all("core.progress", whole)

// poll is the query for new rows of raw. state is the query for what the last
// pass left.
var (
	poll = step{"poll", groupNew, []read{
		{"raw.votes", with(identity, "ingested_at"), recent},
		{"raw.voters", with(identity, "ingested_at"), recent},
		{"raw.rejects", with(identity, "ingested_at"), recent},
		progress,
	}}
	state = step{"progress", groupResults, []read{progress, all("analytics.books", whole)}}
)

// pass are the statements of a pass in order.
//
// BigQuery bills a SELECT or an INSERT for the columns that it names, in the
// blocks that a condition on the first column of the cluster leaves. That column is
// the time by which the table is partitioned too, and rows come nearly in its
// order. A condition on voters leaves out nothing, because it is a subquery:
// neither partitions nor clusters are pruned by one. A MERGE with UPDATE or DELETE
// is billed for all columns of the target's partitions that it may touch. An
// election is in one or two monthly partitions, so it is billed for whole tables.
var pass = []step{
	{"fresh_votes", groupNew, []read{
		{"raw.votes", with(identity, "kafka_follows", "kafka_timestamp", "voter_key", "vote_id", "candidate",
			"candidate_image", "voted_at", "polling_station", "ingested_at"), recent},
		progress,
	}},
	{"fresh_voters", groupNew, []read{
		{"raw.voters", with(identity, "kafka_follows", "kafka_timestamp", "voter_key", "state", "age_group",
			"gender", "county", "precinct", "ingested_at"), recent},
		progress,
	}},
	{"fresh_records", groupNew, []read{
		{"fresh_votes", with(identity, "kafka_follows", "ingested_at"), fresh}, {"fresh_voters", with(identity, "kafka_follows", "ingested_at"), fresh},
		{"raw.rejects", with(identity, "kafka_follows", "ingested_at"), recent},
		progress,
	}},
	{"roll", groupHeld, []read{
		{"core.voters", with(position, "state", "age_group", "gender"), whole},
		all("fresh_voters", fresh), {"fresh_records", part, fresh}, progress,
	}},
	{"voters", groupReplace, []read{all("core.voters", whole), all("roll", fresh)}},
	{"contenders", groupHeld, []read{
		{"core.ballots", with(position, "candidate", "voted_at"), whole},
		{"core.voters", []string{"voter_key", "state", "age_group", "gender"}, whole},
		all("fresh_votes", fresh), all("roll", fresh), {"fresh_records", part, fresh}, progress,
	}},
	{"ballots", groupReplace, []read{all("core.ballots", whole), all("contenders", fresh)}},
	{"duplicates", groupHeld, []read{
		{"core.duplicates", identity, whole}, // only inserts
		{"contenders", with(identity, "voter_key", "kafka_timestamp", "voted_at"), fresh}, {"roll", with(identity, "voter_key", "kafka_timestamp"), fresh},
	}},
	{"touched_windows", groupWindows, []read{
		{"contenders", []string{"kafka_topic", "voted_at"}, fresh}, {"roll", []string{"kafka_topic", "kafka_timestamp"}, fresh},
	}},
	{"touched_range", groupWindows, []read{
		all("touched_windows", fresh),
		{"analytics.books", []string{"kafka_topic", "watermark", "last_ingested_at"}, whole},
		{"analytics.amendments", []string{"watermark"}, whole},
	}},
	{"electorate_windows", groupWindows, []read{
		{"core.voters", []string{"kafka_timestamp", "state", "age_group", "gender"}, touched},
		all("core.electorate_windows", whole), all("touched_windows", fresh),
	}},
	{"published", groupWindows, []read{
		{"core.vote_windows", []string{"window_start", "candidate", "votes"}, touched}, all("touched_windows", fresh),
	}},
	{"vote_windows", groupWindows, []read{
		{"core.ballots", []string{"voted_at", "candidate", "state", "age_group", "gender", "candidate_image", "kafka_timestamp", "kafka_partition", "kafka_offset"}, touched},
		all("core.vote_windows", whole), all("touched_windows", fresh),
	}},
	{"amendments", groupWindows, []read{
		{"core.vote_windows", []string{"window_start", "candidate", "votes"}, touched},
		{"analytics.amendments", []string{"window_start", "candidate"}, whole},
		all("published", fresh), all("touched_windows", fresh),
	}},
	{"book_windows", groupWindows, []read{
		{"core.ballots", []string{"voted_at", "kafka_timestamp", "kafka_topic", "kafka_topic_id", "kafka_partition", "state"}, touched},
		{"core.voters", []string{"kafka_timestamp", "kafka_topic", "kafka_topic_id", "kafka_partition"}, touched},
		{"core.duplicates", []string{"event_time", "kafka_topic", "kafka_topic_id", "kafka_partition"}, touched},
		all("core.book_windows", whole), all("touched_windows", fresh),
	}},
	{"vote_hours", groupWindows, []read{
		{"core.vote_windows", []string{"window_start", "candidate", "state", "age_group", "gender", "votes", "candidate_image"}, touched},
		all("core.vote_hours", whole), all("touched_windows", fresh),
	}},
	{"election_day", groupResults, []read{
		{"core.vote_hours", []string{"hour"}, whole},
		{"core.electorate_windows", []string{"window_start"}, whole},
	}},
	{"hourly_trends", groupResults, []read{
		{"core.vote_hours", []string{"hour", "state", "candidate", "votes"}, whole},
		all("analytics.hourly_trends", whole), all("touched_windows", fresh),
	}},
	{"shown", groupResults, []read{
		{"analytics.hourly_trends", []string{"hour", "state", "candidate", "votes"}, touched},
		all("analytics.shown_hours", touched), all("touched_windows", fresh),
	}},
	{"candidate_totals", groupResults, []read{
		{"core.vote_hours", []string{"candidate", "votes", "candidate_image"}, whole},
		all("analytics.candidate_totals", whole),
	}},
	{"regional_turnout", groupResults, []read{
		{"core.vote_hours", []string{"state", "candidate", "votes"}, whole},
		{"core.electorate_windows", []string{"state", "registered"}, whole},
		all("analytics.regional_turnout", whole),
	}},
	{"demographic_analysis", groupResults, []read{
		{"core.electorate_windows", []string{"state", "age_group", "gender", "registered"}, whole},
		{"core.vote_hours", []string{"state", "age_group", "gender", "votes"}, whole},
		all("analytics.demographic_analysis", whole),
	}},
	{"settle", groupResults, []read{all("fresh_records", fresh), progress}},
	{"rejections", groupResults, []read{
		{"raw.rejects", with(identity, "reason", "ingested_at"), recent}, {"fresh_records", with(identity, "rejected"), fresh},
		progress, all("analytics.rejections", whole),
	}},
	{"books", groupResults, []read{
		progress,
		{"core.book_windows", []string{"kafka_topic", "kafka_topic_id", "kafka_partition", "accepted", "duplicate", "pending",
			"ahead", "watermark"}, whole},
		all("analytics.books", whole),
	}},
}

// instead has the steps that a pass without registrations replaces, with their
// replacements; an empty one means that the step is left out.
var instead = map[string]step{
	"voters": {}, "electorate_windows": {},
	"roll": {"roll_none", groupHeld, []read{all("fresh_voters", fresh)}},
}

// ballotsNew runs instead of ballots in a pass in which no held ballot moves: none gives way
// to an earlier one, and none was waiting for a registration.
var ballotsNew = step{"ballots_new", groupReplace, []read{all("contenders", fresh), {"core.ballots", []string{}, whole}}}

// like names for a temporary table the table that has the same columns, of which
// the sizes are measured.
var like = map[string]string{
	"fresh_votes": "raw.votes", "fresh_voters": "raw.voters", "fresh_records": "core.duplicates",
	"roll": "core.voters", "contenders": "core.ballots", "touched_windows": "core.book_windows",
	"published": "core.vote_windows",
}

// live is what the records above the settled offsets change: analytics.live_changes, and
// live_vote_changes where no registrations come. BigQuery reads only the columns that a
// query's result depends on: the others that its text names aren't here. Of the voters and
// ballots it reads all rows, as a pass does.
func live(registrations bool, of scope) []read {
	groups := []string{"state", "age_group", "gender"}
	voters := with(groups, "voter_key")
	if registrations {
		voters = with(groups, position...)
	}
	return []read{
		{"raw.votes", with(identity, "kafka_follows", "kafka_timestamp", "voter_key", "candidate", "voted_at", "ingested_at"), of},
		{"raw.voters", with(identity, "kafka_follows", "kafka_timestamp", "voter_key", "state", "age_group", "gender", "ingested_at"), of},
		{"raw.rejects", with(identity, "kafka_follows", "ingested_at"), of},
		progress,
		{"core.voters", voters, whole},
		{"core.ballots", with(position, "candidate", "voted_at"), whole},
		{"core.duplicates", identity, whole},
	}
}

// shownLive is the statement of a step. snapshot is what the dashboard reads when something
// has come, and once more: the second time shows that nothing has come since.
func shownLive(registrations bool) step {
	name := "shown_live_votes"
	if registrations {
		name = "shown_live"
	}
	return step{name, groupSteps, append([]read{
		{"analytics.hourly_trends", []string{"hour", "state", "candidate", "votes"}, whole},
		all("analytics.shown_hours", whole),
	}, live(registrations, recent)...)}
}

func snapshot(registrations bool) step {
	return step{"snapshot", "", append([]read{
		all("analytics.candidate_totals", whole), all("analytics.regional_turnout", whole), all("analytics.hourly_trends", whole),
		all("analytics.shown_hours", whole),
		{"core.vote_windows", []string{"window_start", "state", "candidate", "votes", "revision", "updated_at"}, touched}, // by a view
		all("analytics.demographic_analysis", whole), all("analytics.books", whole), all("analytics.rejections", whole),
		{"analytics.amendments", []string{"window_start", "candidate", "votes_before", "votes_after", "revision", "updated_at"}, whole},
		reports, words,
	}, live(registrations, looked)...)}
}

// While nothing comes the dashboard asks whether something has come, and reads the bridge's
// reports and the certifications. Every half minute it reads everything.
var (
	arrivals = step{"arrivals", "", []read{
		{"raw.votes", []string{"ingested_at"}, looked}, {"raw.voters", []string{"ingested_at"}, looked}, {"raw.rejects", []string{"ingested_at"}, looked},
		{"analytics.books", []string{"kafka_topic", "kafka_topic_id", "kafka_partition", "next_offset", "updated_at"}, whole},
		reports, words,
	}}
	reports = all("raw.log_ends", whole) // by a view
	words   = all("analytics.certifications", whole)
)

// Columns are the columns that the model has each statement read, by statement and
// table. It leaves out temporary tables, and tables of which a statement is billed
// for all columns.
func Columns() map[string]map[string][]string {
	columns := map[string]map[string][]string{}
	for _, s := range append([]step{poll}, pass...) {
		columns[s.name] = map[string][]string{}
		for _, r := range s.reads {
			if r.columns != nil && like[r.table] == "" {
				columns[s.name][r.table] = r.columns
			}
		}
	}
	return columns
}
