package catalog

import (
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
)

// owner is who creates datasets.
const owner = "emulator@localhost"

// DefaultAccess is what BigQuery gives a dataset that is created without an access list.
func DefaultAccess() []*bqv2.DatasetAccess {
	return []*bqv2.DatasetAccess{
		{Role: "WRITER", SpecialGroup: "projectWriters"},
		{Role: "OWNER", SpecialGroup: "projectOwners"},
		{Role: "OWNER", UserByEmail: owner},
		{Role: "READER", SpecialGroup: "projectReaders"},
	}
}

// basicRoles are what an access list says in place of roles
// (https://cloud.google.com/bigquery/docs/reference/rest/v2/datasets#Dataset.FIELDS.access).
var basicRoles = map[string]string{"roles/bigquery.dataViewer": "READER", "roles/bigquery.dataEditor": "WRITER", "roles/bigquery.dataOwner": "OWNER"}

// Role is the role of an entry of an access list, "" for one of a view, a routine or a dataset.
func Role(a *bqv2.DatasetAccess) string {
	for role, basic := range basicRoles {
		if a.Role == basic {
			return role
		}
	}
	return a.Role
}

// Entry is the entry of an access list that gives a role to a grantee, as GRANT names it
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/data-control-language#user_list).
func Entry(role, grantee string) (*bqv2.DatasetAccess, error) {
	a := &bqv2.DatasetAccess{Role: role}
	if basic := basicRoles[role]; basic != "" {
		a.Role = basic
	}
	kind, name, _ := strings.Cut(grantee, ":")
	switch {
	case !strings.HasPrefix(role, "roles/"):
		return nil, bqerror.Query("Invalid role: %s. A role is named like roles/bigquery.dataViewer", role)
	case grantee == "allAuthenticatedUsers":
		a.SpecialGroup = grantee
	case grantee == "allUsers":
		a.IamMember = grantee
	case name == "":
		return nil, bqerror.Query("Invalid grantee: %s. A grantee is named like user:ann@example.com", grantee)
	case kind == "user", kind == "serviceAccount":
		a.UserByEmail = name
	case kind == "group":
		a.GroupByEmail = name
	case kind == "domain":
		a.Domain = name
	case kind == "specialGroup":
		a.SpecialGroup = name
	default:
		return nil, bqerror.Query("Invalid grantee: %s. A grantee is a user:, group:, serviceAccount:, domain: or specialGroup:", grantee)
	}
	return a, nil
}

// Grantee is whom an entry of an access list gives a role, as GRANT names it; "" for a view, a routine or a dataset.
func Grantee(a *bqv2.DatasetAccess, project string) string {
	switch {
	case a.IamMember != "":
		return a.IamMember
	case a.GroupByEmail != "":
		return "group:" + a.GroupByEmail
	case a.Domain != "":
		return "domain:" + a.Domain
	case strings.HasSuffix(a.UserByEmail, ".gserviceaccount.com"):
		return "serviceAccount:" + a.UserByEmail
	case a.UserByEmail != "":
		return "user:" + a.UserByEmail
	case a.SpecialGroup == "allAuthenticatedUsers":
		return a.SpecialGroup
	}
	return map[string]string{
		"projectOwners": "projectOwner:" + project, "projectWriters": "projectEditor:" + project, "projectReaders": "projectViewer:" + project,
	}[a.SpecialGroup]
}
