package infoschema

import (
	"strings"
	"time"

	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

// eachRoutine makes rows for every routine of the datasets.
func eachRoutine(datasets []*catalog.Dataset, f func(r *catalog.Routine) [][]any) [][]any {
	var rows [][]any
	for _, d := range datasets {
		for _, r := range d.Routines() {
			rows = append(rows, f(r)...)
		}
	}
	return rows
}

func routinesRows(datasets []*catalog.Dataset) [][]any {
	return eachRoutine(datasets, func(r *catalog.Routine) [][]any {
		kind := "FUNCTION"
		if r.Resource.RoutineType == string(resolved.TableFunction) {
			kind = "TABLE FUNCTION"
		}
		return [][]any{{
			r.Ref.Project, r.Ref.Dataset, r.Ref.Table, r.Ref.Project, r.Ref.Dataset, r.Ref.Table, kind, resultType(r), "SQL", r.Resource.DefinitionBody,
			nil, nil, nil, time.UnixMilli(r.Resource.CreationTime), time.UnixMilli(r.Resource.LastModifiedTime), r.Create() + ";",
		}}
	})
}

// resultType is the type of what a routine returns.
func resultType(r *catalog.Routine) string {
	if r.Resource.RoutineType == string(resolved.ScalarFunction) {
		return r.Columns[0].Type.String()
	}
	columns := make([]string, len(r.Columns))
	for i, c := range r.Columns {
		columns[i] = c.Name + " " + c.Type.String()
	}
	return "TABLE<" + strings.Join(columns, ", ") + ">"
}

func parametersRows(datasets []*catalog.Dataset) [][]any {
	return eachRoutine(datasets, func(r *catalog.Routine) [][]any {
		row := func(position int, isResult string, name any, typ string) []any {
			return []any{r.Ref.Project, r.Ref.Dataset, r.Ref.Table, position, nil, isResult, name, typ, nil, nil}
		}
		rows := [][]any{row(0, "YES", nil, resultType(r))}
		for i, a := range r.Arguments {
			rows = append(rows, row(i+1, "NO", a.Name, a.Type.String()))
		}
		return rows
	})
}
