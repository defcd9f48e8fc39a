package storagewrite

import (
	"slices"
	"strings"

	"cloud.google.com/go/bigquery/storage/apiv1/storagepb"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// defaults say what a missing value of a column means.
type defaults struct {
	all     storagepb.AppendRowsRequest_MissingValueInterpretation
	columns map[string]storagepb.AppendRowsRequest_MissingValueInterpretation
}

func (d defaults) of(column string) bool {
	const useDefault = storagepb.AppendRowsRequest_DEFAULT_VALUE
	for name, v := range d.columns {
		if strings.EqualFold(name, column) {
			return v == useDefault
		}
	}
	return d.all == useDefault
}

// unknown is a column that an interpretation names and the table hasn't got, "" for none.
func (d defaults) unknown(fields []types.Field) string {
	for name := range d.columns {
		if !slices.ContainsFunc(fields, func(f types.Field) bool { return strings.EqualFold(f.Name, name) }) {
			return name
		}
	}
	return ""
}

// addNulls gives the row the columns that have a default but shall be NULL when
// the message doesn't name them, which is what BigQuery does unless asked not to.
func (w *writer) addNulls() {
	given := map[string]bool{}
	for _, c := range w.plan.columns {
		given[c] = true
	}
	for i, f := range w.rest.Fields {
		if f.DefaultValueExpression != "" && !given[f.Name] && !w.defaults.of(f.Name) {
			w.plan.columns = append(w.plan.columns, w.fields[i].Name)
			w.plan.names = append(w.plan.names, w.fields[i].Name)
			w.plan.width++
		}
	}
}
