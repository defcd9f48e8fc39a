package cost

import (
	_ "embed"
	"encoding/json"
	"fmt"
)

// Measurement is what a small election on the emulators showed.
type Measurement struct {
	Date    string `json:"date"`
	Machine string `json:"machine"`

	// The election: records on Kafka, every irregularity among them.
	VoterRecords int64 `json:"voter_records"`
	VoteRecords  int64 `json:"vote_records"`
	Candidates   int64 `json:"candidates"` // of these, votes were counted in so many groups
	States       int64 `json:"states"`
	AgeGroups    int64 `json:"age_groups"`
	Genders      int64 `json:"genders"`

	// What the bridge carried of it, as it lay ready.
	Messages    int64 `json:"messages"`
	RecordBytes int64 `json:"record_bytes"` // keys and values

	// Sizes of a message of so many votes.
	Batches []Batch `json:"batches"`

	// Tables by dataset.table, when everything was counted.
	Tables map[string]Table `json:"tables"`

	// Ingest is how many records a second ingest took while nothing else
	// worked, on so many CPUs.
	Ingest float64 `json:"ingest_records_per_second"`
	CPUs   int     `json:"cpus"`

	// Answers of the dashboard, compressed: the page, and the results that it
	// asks for again.
	PageBytes    int64 `json:"page_bytes"`
	ResultsBytes int64 `json:"results_bytes"`
}

// Batch is a message of some votes.
type Batch struct {
	Records int   `json:"records"`
	Bytes   int64 `json:"bytes"` // data and attributes
}

// Table is the content of a table. Sizes are logical bytes, as BigQuery bills
// them: a text takes 2 bytes more than its UTF-8, a number, time or date takes 8,
// NULL takes none.
type Table struct {
	Rows    int64              `json:"rows"`
	Columns map[string]float64 `json:"columns"` // bytes a row, on average
}

//go:embed measurement.json
var measurementJSON []byte

// Measured is the measurement that comes with the program.
func Measured() (Measurement, error) { return parseMeasurement(measurementJSON) }

// parseMeasurement reads a Measurement from JSON.
func parseMeasurement(text []byte) (Measurement, error) {
	var m Measurement
	if err := json.Unmarshal(text, &m); err != nil {
		return m, fmt.Errorf("the measurement isn't one: %w", err)
	}
	if m.VoterRecords <= 0 || m.VoteRecords <= 0 || len(m.Batches) == 0 || m.Ingest <= 0 {
		return m, fmt.Errorf("the measurement of %q is of nothing: measure again", m.Date)
	}
	return m, nil
}

// batchBytes is the size of a message of n votes. It is interpolated between two
// measured sizes, and in proportion to n beyond the last.
func (m *Measurement) batchBytes(n float64) float64 {
	last := m.Batches[0]
	if n <= float64(last.Records) {
		return float64(last.Bytes)
	}
	for _, b := range m.Batches[1:] {
		if n <= float64(b.Records) {
			share := (n - float64(last.Records)) / float64(b.Records-last.Records)
			return float64(last.Bytes) + share*float64(b.Bytes-last.Bytes)
		}
		last = b
	}
	return float64(last.Bytes) * n / float64(last.Records)
}

// width is the size of a row's columns in bytes; no columns are all.
func (m *Measurement) width(table string, columns []string) float64 {
	t := m.Tables[table]
	sum := 0.0
	if columns == nil {
		for _, bytes := range t.Columns {
			sum += bytes
		}
		return sum
	}
	for _, c := range columns {
		sum += t.Columns[c]
	}
	return sum
}
