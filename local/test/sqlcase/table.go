package sqlcase

import (
	"maps"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/shared/warehouse"
)

// Variables is the id of the table of one row that holds what steps tell later ones.
const Variables = "variables"

// A Table is some columns of a table, with rows as texts.
type Table struct {
	ID      string
	Columns []string
	Rows    [][]string
}

// parseTable reads columns with a heading.
func parseTable(id, text string) Table {
	t := Table{ID: id}
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0:
		case t.Columns == nil:
			t.Columns = fields
		default:
			t.Rows = append(t.Rows, fields)
		}
	}
	return t
}

// Lines are the rows as Dialect.Query gives them, in order of their text.
func (t Table) Lines() []string {
	lines := []string{}
	for _, row := range t.Rows {
		lines = append(lines, strings.Join(row, " "))
	}
	slices.Sort(lines)
	return lines
}

// The columns that only temporary tables have.
var temporaryColumns = map[string]string{
	"held": "BOOL", "known": "BOOL", "dense": "BOOL", "moved": "BOOL", "rank": "INT64", "source": "STRING", "rejected": "BOOL",
	"held_state": "STRING", "held_age_group": "STRING", "held_gender": "STRING",
	"gone_image": "STRING", "gone_watermark": "TIMESTAMP",
	"rejects": "INT64", "first_ingested_at": "TIMESTAMP",
	"first_window": "TIMESTAMP", "end_window": "TIMESTAMP", "complete_before": "TIMESTAMP", "election_day": "DATE",
}

// Temporary tables by their columns; those of the warehouse have schema files.
var temporaryTables = map[string]string{
	"fresh_votes":     "kafka_topic kafka_topic_id kafka_partition kafka_offset kafka_timestamp kafka_follows voter_key vote_id candidate candidate_image voted_at polling_station ingested_at",
	"fresh_voters":    "kafka_topic kafka_topic_id kafka_partition kafka_offset kafka_timestamp kafka_follows voter_key state age_group gender county precinct ingested_at",
	"fresh_rejects":   "kafka_topic kafka_topic_id kafka_partition kafka_offset kafka_follows ingested_at",
	"fresh_logs":      "kafka_topic kafka_topic_id kafka_partition records rejects first_offset last_offset first_ingested_at last_ingested_at dense",
	"fresh_records":   "kafka_topic kafka_topic_id kafka_partition kafka_offset kafka_follows rejected ingested_at",
	"roll":            "voter_key kafka_log kafka_topic kafka_topic_id kafka_partition kafka_offset kafka_timestamp state age_group gender county precinct held rank",
	"contenders":      "voter_key kafka_log kafka_topic kafka_topic_id kafka_partition kafka_offset kafka_timestamp vote_id candidate candidate_image voted_at polling_station held_state held_age_group held_gender held known state age_group gender rank moved",
	"touched_windows": "source kafka_topic window_start",
	"lost":            "kafka_topic kafka_topic_id kafka_partition event_time",
	"changed_cells":   "window_start candidate state age_group gender votes candidate_image gone_image known",
	"changed_books":   "window_start kafka_topic kafka_topic_id kafka_partition accepted pending duplicate ahead watermark gone_watermark",
	"published":       "window_start candidate votes",
	"variables":       "first_window end_window complete_before election_day",
}

// columnTypes gives the type of each column. A temporary table's columns have
// the types that they have elsewhere.
func (t Table) columnTypes() map[string]string {
	types := map[string]string{}
	for _, other := range warehouse.Tables() {
		for _, f := range other.Fields {
			types[f.Name] = f.Type
		}
	}
	if _, temporary := temporaryTables[t.ID]; temporary {
		maps.Copy(types, temporaryColumns)
	}
	return types
}

// defaults are the default values of columns that a case doesn't name, by name or type.
var defaults = map[string]string{
	"kafka_topic": "'votes'", "kafka_topic_id": "'t'", "state": "'TX'", "age_group": "'25-34'", "gender": "'female'", "candidate": "'ada'",
	"STRING": "NULL", "INT64": "0", "BOOL": "FALSE", "BYTES": "NULL", "FLOAT64": "0",
	"TIMESTAMP": "TIMESTAMP '2026-11-03 00:00:00+00'", "DATE": "DATE '2026-11-03'",
}
