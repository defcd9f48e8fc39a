package profile

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
)

//go:embed cloud.json
var cloudJSON []byte

// Figures are those of cloud.json.
type Figures struct {
	Operations map[Operation]Time `json:"operations"`
	Scans      map[Scan]PerGiB    `json:"scans"`
	Rates      map[Rate]Bound     `json:"rates"`
}

// Basis says where a figure is from: one of the two is set.
type Basis struct {
	Source     string `json:"source,omitempty"`     // pages and issues, and what they say
	Assumption string `json:"assumption,omitempty"` // the reasoning
}

// Time is the log-normal distribution of a time: half of the draws are below P50, 99
// of 100 below P99.
type Time struct {
	What string  `json:"what"`
	P50  float64 `json:"p50_ms"`
	P99  float64 `json:"p99_ms"`
	Basis
}

// PerGiB is how much longer an operation takes for each GiB that it reads.
type PerGiB struct {
	What string  `json:"what"`
	Time float64 `json:"ms_per_gib"`
	Basis
}

// Bound is a number, a length of time, or a number within a length of time.
type Bound struct {
	What string  `json:"what"`
	Most int     `json:"most,omitempty"`
	In   float64 `json:"in_ms,omitempty"`
	Basis
}

// Cloud returns the figures of Google Cloud.
func Cloud() Figures {
	var f Figures
	d := json.NewDecoder(bytes.NewReader(cloudJSON))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		panic(fmt.Sprintf("cloud.json: %v", err)) // it is part of the program
	}
	return f
}
