package infoschema

import "github.com/tallystream/tallystream/emulator/bigquery/catalog"

// privilegeRows are the roles that datasets give
// (https://cloud.google.com/bigquery/docs/information-schema-object-privileges).
func privilegeRows(datasets []*catalog.Dataset) [][]any {
	var rows [][]any
	for _, d := range datasets {
		access := d.Resource.Access
		if access == nil {
			access = catalog.DefaultAccess()
		}
		for _, a := range access {
			if grantee := catalog.Grantee(a, d.Ref.Project); grantee != "" {
				rows = append(rows, []any{d.Ref.Project, nil, d.Ref.Dataset, "SCHEMA", catalog.Role(a), grantee})
			}
		}
	}
	return rows
}
