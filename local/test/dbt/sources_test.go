package dbt_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/tallystream/tallystream/shared/goldentest"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// project is the folder of the dbt project.
const project = "../../dbt"

// sourceFile is a file of sources, as dbt reads it.
type sourceFile struct {
	Version int      `yaml:"version"`
	Sources []source `yaml:"sources"`
}

type source struct {
	Name        string        `yaml:"name"`
	Schema      string        `yaml:"schema"`
	Description string        `yaml:"description"`
	Tables      []sourceTable `yaml:"tables"`
}

type sourceTable struct {
	Name        string         `yaml:"name"`
	Description string         `yaml:"description"`
	Config      *freshness     `yaml:"config,omitempty"`
	Tests       []any          `yaml:"data_tests,omitempty"`
	Columns     []sourceColumn `yaml:"columns,omitempty"`
}

type sourceColumn struct {
	Name        string `yaml:"name"`
	Description string `yaml:"description"`
}

// freshness says how old the newest row may be. Nil stands for any age.
type freshness struct {
	LoadedAt  string `yaml:"loaded_at_field"`
	Freshness any    `yaml:"freshness"`
}

// descriptions say what the sources are.
var descriptions = map[string]string{
	"raw":       "What ingest appended: every record of Kafka at least once, and never changed.",
	"core":      "What the passes of the aggregation decided: who is registered, which vote counts, and the counts by minute and hour.",
	"analytics": "What the dashboard reads.",
	"staging":   "The views of this name that come with the tables. The models of the same names have the same rows.",
	"marts":     "The views of this name that come with the tables. The models of the same names have the same rows.",
}

// minutes is an age, as dbt has it.
func minutes(n int) map[string]any { return map[string]any{"count": n, "period": "minute"} }

// reported is how fresh the tables are while voters vote. The bridge reports every few
// seconds whatever comes, so an old report is an error; without votes there may be a reason.
var reported = map[string]any{
	"raw.log_ends": map[string]any{"warn_after": minutes(2), "error_after": minutes(10)},
	"raw.votes":    map[string]any{"warn_after": minutes(15)},
}

// unique is the test that no two rows are alike in the columns.
func unique(columns []string) []any {
	return []any{map[string]any{"unique_together": map[string]any{"arguments": map[string]any{"columns": columns}}}}
}

// sources makes the file of a dataset's tables and views.
func sources(dataset string) sourceFile {
	s := source{Name: dataset, Schema: "{{ env_var('DATASET_PREFIX', '') }}" + dataset, Description: descriptions[dataset]}
	for _, t := range warehouse.Tables() {
		if t.Dataset != dataset {
			continue
		}
		table := sourceTable{Name: t.Name, Description: t.Description}
		if age, ok := reported[t.ID()]; ok {
			table.Config = &freshness{"ingested_at", age}
		}
		if len(t.Key) > 0 {
			table.Tests = unique(t.Key)
		}
		for _, f := range t.Fields {
			if f.Name != warehouse.LogColumn { // which PostgreSQL lacks
				table.Columns = append(table.Columns, sourceColumn{f.Name, f.Description})
			}
		}
		s.Tables = append(s.Tables, table)
	}
	for _, v := range warehouse.Views() {
		if v.Dataset == dataset {
			s.Tables = append(s.Tables, sourceTable{Name: v.Name, Description: strings.TrimSpace(v.Description)})
		}
	}
	return sourceFile{2, []source{s}}
}

// The sources of the dbt project are the tables and views that the warehouse has, with the
// columns and descriptions of shared/warehouse.
func TestSources(t *testing.T) {
	for _, dataset := range warehouse.Datasets {
		var want bytes.Buffer
		want.WriteString("# Made from shared/warehouse: go test ./local/test/dbt -run TestSources -update\n")
		e := yaml.NewEncoder(&want)
		e.SetIndent(2)
		if err := e.Encode(sources(dataset)); err != nil {
			t.Fatal(err)
		}
		checkFile(t, dataset+".yml", want.String())
	}
}

// The models describe their columns in the words of shared/warehouse: doc('core_ballots_candidate').
func TestColumnDescriptions(t *testing.T) {
	var want strings.Builder
	want.WriteString("{# Made from shared/warehouse: go test ./local/test/dbt -run TestColumnDescriptions -update #}\n")
	for _, table := range warehouse.Tables() {
		for _, f := range table.Fields {
			if f.Name != warehouse.LogColumn {
				fmt.Fprintf(&want, "\n{%% docs %s_%s_%s %%}%s{%% enddocs %%}\n", table.Dataset, table.Name, f.Name, f.Description)
			}
		}
	}
	checkFile(t, "columns.md", want.String())
}

// checkFile compares a file of models/sources with what it must hold.
func checkFile(t *testing.T, name, want string) {
	t.Helper()
	goldentest.File(t, filepath.Join(project, "models", "sources", name), want, "write it again with go test ./local/test/dbt -update")
}
