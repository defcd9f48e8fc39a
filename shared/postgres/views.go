package postgres

import (
	"embed"
	"fmt"
	"strings"

	"github.com/tallystream/tallystream/shared/warehouse"
)

// Views are those of shared/warehouse, in PostgreSQL's SQL: one file each, with the same
// name and columns.
//
//go:embed views
var viewFiles embed.FS

// ViewDDL returns the statements that create the views.
func ViewDDL() string {
	var b strings.Builder
	for _, v := range warehouse.ReadViews(viewFiles) {
		fmt.Fprintf(&b, "\nCREATE VIEW %s AS\n%s;\nCOMMENT ON VIEW %s IS %s;\n", v.ID(), v.SQL, v.ID(), quote(v.Description))
	}
	return b.String()
}
