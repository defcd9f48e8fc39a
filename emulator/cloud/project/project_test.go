package project_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/policy"
	"github.com/tallystream/tallystream/emulator/cloud/project"
)

// request is one, with the status that is wanted and a part of the answer.
type request struct {
	method, target, body string
	code                 int
	want                 string
}

func try(t *testing.T, h http.Handler, requests ...request) {
	t.Helper()
	for _, q := range requests {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(q.method, q.target, strings.NewReader(q.body)))
		var answer api.Object
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != q.code || !strings.Contains(w.Body.String(), q.want) {
			t.Errorf("%s %s %s: %d %s, want %d and %s", q.method, q.target, q.body, w.Code, w.Body, q.code, q.want)
		}
	}
}

func TestResourceManager(t *testing.T) {
	p := project.New(policy.New(), "votes")
	number := project.Number("votes")
	try(t, p,
		request{"GET", "/v1/projects/votes", "", 200, `"lifecycleState":"ACTIVE"`},
		request{"GET", "/v1/projects/" + number, "", 200, `"projectId":"votes"`},
		request{"GET", "/v3/projects/votes", "", 200, `"name":"projects/` + number + `"`},
		request{"GET", "/v1/projects?filter=lifecycleState:ACTIVE", "", 200, `"projectNumber":"` + number + `"`},
		request{"GET", "/v1/projects?filter=labels.a:b", "", 501, "labels.a:b"},
		request{"GET", "/v1/projects/others", "", 403, "others"},
		request{"POST", "/v1/projects/votes:setIamPolicy", `{"policy":{"bindings":[{"role":"roles/viewer","members":["user:a@example.com"]}]}}`, 200, "roles/viewer"},
		request{"POST", "/v3/projects/" + number + ":getIamPolicy", "", 200, "user:a@example.com"},
		request{"DELETE", "/v1/projects/votes", "", 501, "DELETE /v1/projects/votes"},
		request{"GET", "/v1/organizations/1", "", 501, "organizations"},
	)
}

func TestServices(t *testing.T) {
	const services = "/v1/projects/votes/services"
	try(t, project.NewServices(project.New(policy.New(), "votes")),
		request{"GET", services + "/run.googleapis.com", "", 200, `"state":"DISABLED"`},
		request{"POST", services + "/run.googleapis.com:enable", "{}", 200, `"done":true`},
		request{"POST", services + ":batchEnable", `{"serviceIds":["iam.googleapis.com","pubsub.googleapis.com"]}`, 200, "pubsub"},
		request{"POST", services + "/iam.googleapis.com:disable", "{}", 200, `"DISABLED"`},
		request{"GET", services + "?filter=state:ENABLED", "", 200, `pubsub.googleapis.com","parent`},
		request{"GET", services + "/iam.googleapis.com", "", 200, `"state":"DISABLED"`},
		request{"GET", services + ":batchGet?names=projects/votes/services/run.googleapis.com", "", 200, `"state":"ENABLED"`},
		request{"GET", services + "?filter=state:DISABLED", "", 501, "state:DISABLED"},
		request{"POST", services + "/made.example.com:enable", "{}", 404, "made.example.com"},
		request{"POST", "/v1/projects/others/services/run.googleapis.com:enable", "{}", 403, "others"},
	)
}

func TestServiceAccounts(t *testing.T) {
	policies := policy.New()
	const email = "bridge@votes.iam.gserviceaccount.com"
	const accounts = "/v1/projects/votes/serviceAccounts"
	iam := project.NewIAM(project.New(policies, "votes"), policies)
	try(t, iam,
		request{"POST", accounts, `{"accountId":"bridge","serviceAccount":{"displayName":"Bridge"}}`, 200, `"email":"` + email + `"`},
		request{"POST", accounts, `{"accountId":"bridge"}`, 409, "already exists"},
		request{"POST", accounts, `{"accountId":"B"}`, 400, `Invalid account id \"B\"`},
		request{"GET", "/v1/projects/-/serviceAccounts/" + email, "", 200, `"displayName":"Bridge"`},
		request{"PATCH", accounts + "/" + email, `{"serviceAccount":{"displayName":"To Pub/Sub"},"updateMask":"display_name"}`, 200, "To Pub/Sub"},
		request{"PATCH", accounts + "/" + email, `{"serviceAccount":{},"updateMask":"email"}`, 400, "email"},
		request{"GET", accounts, "", 200, "To Pub/Sub"},
		request{"POST", accounts + "/" + email + ":setIamPolicy", `{"policy":{"bindings":[{"role":"roles/iam.serviceAccountUser","members":["user:a@example.com"]}]}}`, 200, "serviceAccountUser"},
		request{"GET", accounts + "/" + email + "/keys", "", 501, "/keys"},
		request{"DELETE", accounts + "/" + email, "", 200, "{}"},
		request{"GET", accounts + "/" + email, "", 404, email},
	)
	if names := iam.Names(); len(names) > 0 {
		t.Errorf("left: %v", names)
	}
}

// A role of the project's own grants what it includes, and what it was changed to.
func TestRoles(t *testing.T) {
	policies := policy.New()
	const roles, full, member = "/v1/projects/votes/roles", "//cloudresourcemanager.googleapis.com/projects/votes", "user:a@example.com"
	iam := project.NewIAM(project.New(policies, "votes"), policies)
	try(t, iam, request{"POST", roles, `{"roleId":"appender","role":{"title":"Appends","includedPermissions":["bigquery.tables.updateData"]}}`, 200, `"name":"projects/votes/roles/appender"`})
	if _, err := policies.Set(full, policy.Policy{Bindings: []policy.Binding{{Role: "projects/votes/roles/appender", Members: []string{member}}}}); err != nil {
		t.Fatal(err)
	}
	allowed := func(permission string, want bool) {
		t.Helper()
		if got := policies.Allowed(member, permission, full); got != want {
			t.Errorf("%s: %v, want %v", permission, got, want)
		}
	}
	allowed("bigquery.tables.updateData", true)
	try(t, iam,
		request{"PATCH", roles + "/appender?updateMask=includedPermissions", `{"includedPermissions":["bigquery.tables.get"]}`, 200, "tables.get"},
		request{"GET", roles + "/appender", "", 200, `"title":"Appends"`})
	allowed("bigquery.tables.updateData", false)
	allowed("bigquery.tables.get", true)
	try(t, iam, request{"DELETE", roles + "/appender", "", 200, `"deleted":true`}, request{"GET", roles + "/appender", "", 404, "appender"})
	allowed("bigquery.tables.get", false)
}
