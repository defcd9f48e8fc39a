package warehouse

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"cloud.google.com/go/bigquery"
)

// A Function is one table function. Its SQL names tables as ${project}.${prefix}dataset.table,
// as that of a View does, and its arguments by their names.
type Function struct {
	Dataset, Name string `json:"-"`
	SQL           string `json:"-"`

	Description string     `json:"description"`
	Arguments   []Argument `json:"arguments"`
}

// An Argument of a Function has a type of one value, such as TIMESTAMP.
type Argument struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// ID is dataset.function, as SQL names it.
func (f Function) ID() string { return f.Dataset + "." + f.Name }

// Metadata describes the function of a project to BigQuery, over datasets with a prefix.
func (f Function) Metadata(project, prefix string) *bigquery.RoutineMetadata {
	m := &bigquery.RoutineMetadata{
		Type: "TABLE_VALUED_FUNCTION", Language: "SQL", Description: f.Description,
		Body: filledIn(f.SQL, project, prefix),
	}
	for _, a := range f.Arguments {
		m.Arguments = append(m.Arguments, &bigquery.RoutineArgument{
			Name: a.Name, Kind: "FIXED_TYPE", DataType: &bigquery.StandardSQLDataType{TypeKind: a.Type},
		})
	}
	return m
}

// Functions returns all table functions, ordered by dataset and name.
func Functions() []Function { return slices.Clone(functions()) }

// functions reads the files of the table functions.
var functions = sync.OnceValue(func() []Function {
	var all []Function
	for _, file := range list(files, "functions", ".json") {
		f := Function{Dataset: path.Base(path.Dir(file)), Name: strings.TrimSuffix(path.Base(file), ".json")}
		if err := json.Unmarshal(read(files, file), &f); err != nil {
			panic(fmt.Sprintf("warehouse: %s: %v", file, err))
		}
		_, f.SQL = splitComment(string(read(files, strings.TrimSuffix(file, ".json")+".sql")))
		all = append(all, f)
	}
	return all
})
