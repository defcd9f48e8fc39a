package terraform

import (
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
)

// roles are all that anybody is granted, with the reason. Nothing broader may
// come in: no basic role, no admin, nothing that changes grants.
var roles = map[string]string{
	"roles/artifactregistry.writer":      "a build stores its image, in one repository",
	"roles/bigquery.dataEditor":          "aggregate writes, table by table",
	"roles/bigquery.dataViewer":          "aggregate and dashboard read, table by table; people the datasets of the results",
	"roles/bigquery.jobUser":             "queries run in a project",
	"roles/bigquery.metadataViewer":      "the dashboard calls the table functions of analytics",
	"roles/cloudsql.client":              "functions and operators connect to the Cloud SQL instance",
	"roles/cloudsql.instanceUser":        "functions and operators log in to a database as themselves",
	"roles/iam.serviceAccountUser":       "operators change what a schedule posts, as the one account that it calls with",
	"roles/logging.logWriter":            "a build writes its log",
	"roles/logging.viewer":               "operators read logs",
	"roles/managedkafka.client":          "the bridge connects to managed Kafka",
	"roles/monitoring.viewer":            "operators look at metrics and alerts",
	"roles/pubsub.publisher":             "the bridge and operators, and Pub/Sub to the dead letters, each to one topic",
	"roles/pubsub.subscriber":            "Pub/Sub takes dead letters off one subscription, operators off that of the dead letters",
	"roles/run.invoker":                  "scheduler and subscription call their functions, one by one",
	"roles/secretmanager.secretAccessor": "a function reads its secrets, one by one",
	"roles/storage.objectCreator":        "Cloud Logging adds audit logs to one bucket",
	"roles/storage.objectViewer":         "a build reads the source, and functions an election file that is in its bucket",
}

// project are the roles that may be granted for all of the project.
var project = map[string]bool{
	"roles/bigquery.jobUser":      true,
	"roles/cloudsql.client":       true,
	"roles/cloudsql.instanceUser": true,
	"roles/logging.logWriter":     true,
	"roles/logging.viewer":        true,
	"roles/monitoring.viewer":     true,
	"roles/managedkafka.client":   true,
	"roles/storage.objectViewer":  true,
}

// deployer has the roles of whoever deploys, which docs/deploy.md lists: administrators' ones.
const deployer = "examples/github"

// own are the roles that are made here: of all permissions, the few that they need.
var own = map[string]bool{"tallystreamAppender": true, "tallystreamOperator": true}

// ownRole is the name of a role of a project's own, empty where it is one of Google's.
func ownRole(role string) string {
	if _, name, ok := strings.Cut(role, "/roles/"); ok && strings.HasPrefix(role, "projects/") {
		return name
	}
	return ""
}

// Every role that stands anywhere in the configuration is on the list.
func TestRoles(t *testing.T) {
	used := map[string]bool{}
	for _, m := range modules(t) {
		if m.dir == deployer {
			continue
		}
		for _, body := range m.files {
			literals(body, func(s string, r hcl.Range) {
				if !strings.HasPrefix(s, "roles/") {
					return
				}
				used[s] = true
				if roles[s] == "" {
					t.Errorf("%s: %s is not on the list of roles", at(r), s)
				}
			})
		}
	}
	for role := range roles {
		if !used[role] {
			t.Errorf("%s is on the list, and nobody has it", role)
		}
	}
}
