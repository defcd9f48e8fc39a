package infoschema

import (
	"strings"
	"time"

	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

func routinesRows(datasets []*catalog.Dataset) [][]any {
	return each(datasets, (*catalog.Dataset).Routines, func(r *catalog.Routine) [][]any {
		kind := map[resolved.RoutineKind]string{
			resolved.ScalarFunction: "FUNCTION", resolved.AggregateFunction: "AGGREGATE FUNCTION", resolved.TableFunction: "TABLE FUNCTION", resolved.Procedure: "PROCEDURE",
		}[resolved.RoutineKind(r.Resource.RoutineType)]
		body, language, deterministic := "SQL", any(nil), any(nil)
		if r.Resource.Language == "JAVASCRIPT" {
			body, language = "EXTERNAL", r.Resource.Language
		}
		switch r.Resource.DeterminismLevel {
		case "DETERMINISTIC":
			deterministic = "YES"
		case "NOT_DETERMINISTIC":
			deterministic = "NO"
		}
		return [][]any{{
			r.Ref.Project, r.Ref.Dataset, r.Ref.Table, r.Ref.Project, r.Ref.Dataset, r.Ref.Table, kind, resultType(r), body, r.Resource.DefinitionBody,
			language, deterministic, nil, time.UnixMilli(r.Resource.CreationTime), time.UnixMilli(r.Resource.LastModifiedTime), r.Create + ";",
		}}
	})
}

// resultType is the type of what a routine returns, nil for a procedure and for one that only a call tells.
func resultType(r *catalog.Routine) any {
	if r.IsTemplate() {
		if t := r.Returns(); t != nil {
			return t.String()
		}
		return nil
	}
	switch resolved.RoutineKind(r.Resource.RoutineType) {
	case resolved.Procedure:
		return nil
	case resolved.ScalarFunction:
		return r.Columns[0].Type.String()
	}
	columns := make([]string, len(r.Columns))
	for i, c := range r.Columns {
		columns[i] = c.Name + " " + c.Type.String()
	}
	return "TABLE<" + strings.Join(columns, ", ") + ">"
}

func parametersRows(datasets []*catalog.Dataset) [][]any {
	return each(datasets, (*catalog.Dataset).Routines, func(r *catalog.Routine) [][]any {
		row := func(position int, mode any, isResult string, name, typ any) []any {
			return []any{r.Ref.Project, r.Ref.Dataset, r.Ref.Table, position, mode, isResult, name, typ, nil, nil}
		}
		var rows [][]any
		if result := resultType(r); result != nil {
			rows = append(rows, row(0, nil, "YES", nil, result))
		}
		for i, a := range r.Arguments {
			var mode any
			if m := r.Resource.Arguments[i].Mode; m != "" {
				mode = m
			}
			typ := "ANY TYPE"
			if a.Type != nil {
				typ = a.Type.String()
			}
			rows = append(rows, row(i+1, mode, "NO", a.Name, typ))
		}
		return rows
	})
}

func routineOptionRows(datasets []*catalog.Dataset) [][]any {
	return each(datasets, (*catalog.Dataset).Routines, func(r *catalog.Routine) (rows [][]any) {
		option := func(name, typ, value string) {
			rows = append(rows, []any{r.Ref.Project, r.Ref.Dataset, r.Ref.Table, name, typ, value})
		}
		if r.Resource.Description != "" {
			option("description", "STRING", quoted(r.Resource.Description))
		}
		if len(r.Resource.ImportedLibraries) > 0 {
			list := make([]string, len(r.Resource.ImportedLibraries))
			for i, uri := range r.Resource.ImportedLibraries {
				list[i] = quoted(uri)
			}
			option("library", "ARRAY<STRING>", "["+strings.Join(list, ", ")+"]")
		}
		return rows
	})
}
