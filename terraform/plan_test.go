package terraform

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/drain"
)

// plan is the part of terraform show -json that is looked at.
type plan struct {
	Changes []change                   `json:"resource_changes"`
	Outputs map[string]json.RawMessage `json:"output_changes"`
}

type change struct {
	Address string `json:"address"`
	Type    string `json:"type"`
	Name    string `json:"name"`
	Index   any    `json:"index"`
	Change  struct {
		Actions []string        `json:"actions"`
		After   json.RawMessage `json:"after"`
		Unknown json.RawMessage `json:"after_unknown"`
	} `json:"change"`
}

// each calls f with every resource of a type, decoded.
func each[R any](t *testing.T, p plan, resourceType string, f func(address string, r R)) {
	t.Helper()
	n := 0
	for _, c := range p.Changes {
		if c.Type != resourceType {
			continue
		}
		n++
		var r R
		if err := json.Unmarshal(c.Change.After, &r); err != nil {
			t.Fatalf("%s: %v", c.Address, err)
		}
		f(c.Address, r)
	}
	if n == 0 {
		t.Errorf("the plan has no %s", resourceType)
	}
}

// checkPlan holds what must be true of any deployment.
func checkPlan(t *testing.T, p plan) {
	for _, c := range p.Changes {
		if !slices.Equal(c.Change.Actions, []string{"create"}) {
			t.Errorf("%s: %v, want only new resources", c.Address, c.Change.Actions)
		}
	}
	checkGrants(t, p)
	checkFunctions(t, p)
	checkSubscriptions(t, p)
	checkJobs(t, p)
	each(t, p, "google_secret_manager_secret_version", func(address string, r struct {
		Data *string `json:"secret_data"`
		WO   *string `json:"secret_data_wo"`
	}) {
		if r.Data != nil || r.WO != nil {
			t.Errorf("%s: the plan shows a secret", address)
		}
	})
}

// checkGrants looks at everything that gives somebody a role.
func checkGrants(t *testing.T, p plan) {
	var public []string
	grants := 0
	for _, c := range p.Changes {
		if strings.HasSuffix(c.Type, "_iam_binding") || strings.HasSuffix(c.Type, "_iam_policy") {
			t.Errorf("%s takes roles away from others: use a member", c.Address)
		}
		if !strings.HasSuffix(c.Type, "_iam_member") {
			continue
		}
		grants++
		var g struct{ Role, Member string }
		if err := json.Unmarshal(c.Change.After, &g); err != nil {
			t.Fatal(err)
		}
		ownRole := own[ownRole(g.Role)]
		if roles[g.Role] == "" && !ownRole {
			t.Errorf("%s: %s is not on the list of roles", c.Address, g.Role)
		}
		if c.Type == "google_project_iam_member" && !project[g.Role] && !ownRole {
			t.Errorf("%s: %s is granted for all of the project", c.Address, g.Role)
		}
		if g.Member == "allUsers" || g.Member == "allAuthenticatedUsers" {
			public = append(public, c.Address)
		}
	}
	if grants == 0 {
		t.Error("the plan grants nothing")
	}
	if len(public) > 1 || len(public) == 1 && !strings.Contains(public[0], `"dashboard"`) {
		t.Errorf("public: %v, want the dashboard or nothing", public)
	}
}

// checkFunctions gives each function the environment that it would have.
func checkFunctions(t *testing.T, p plan) {
	each(t, p, "google_cloudfunctions2_function", func(address string, f struct {
		Name  string
		Build []struct {
			EntryPoint string `json:"entry_point"`
		} `json:"build_config"`
		Service []struct {
			Environment map[string]string      `json:"environment_variables"`
			Secrets     []struct{ Key string } `json:"secret_environment_variables"`
			Ingress     string                 `json:"ingress_settings"`
			Concurrency int                    `json:"max_instance_request_concurrency"`
		} `json:"service_config"`
	}) {
		if len(f.Build) != 1 || len(f.Service) != 1 || f.Build[0].EntryPoint != f.Name {
			t.Fatalf("%s: %+v", address, f)
		}
		service := f.Service[0]
		environment := service.Environment
		for _, s := range service.Secrets {
			environment[s.Key] = "a secret of sixteen bytes or more"
		}
		if environment["GOMEMLIMIT"] == "" || service.Concurrency < 1 {
			t.Errorf("%s: neither its memory nor its requests are bounded", address)
		}
		if err := configs[f.Name](config.FromMap(environment)); err != nil {
			t.Errorf("%s: the function refuses its environment: %v", address, err)
		}
		if f.Name != "dashboard" && service.Ingress != "ALLOW_INTERNAL_ONLY" {
			t.Errorf("%s can be reached from anywhere", address)
		}
	})
}

func checkSubscriptions(t *testing.T, p plan) {
	each(t, p, "google_pubsub_subscription", func(address string, s struct {
		Push []struct {
			OIDC []struct {
				Account string `json:"service_account_email"`
			} `json:"oidc_token"`
		} `json:"push_config"`
		DeadLetter []struct {
			Attempts int `json:"max_delivery_attempts"`
		} `json:"dead_letter_policy"`
	}) {
		for _, push := range s.Push {
			if len(push.OIDC) != 1 || push.OIDC[0].Account == "" {
				t.Errorf("%s pushes without saying who it is", address)
			}
			if len(s.DeadLetter) != 1 || s.DeadLetter[0].Attempts < 5 {
				t.Errorf("%s pushes for ever what can't be taken", address)
			}
		}
	})
}

// checkJobs gives each function what a job would post.
func checkJobs(t *testing.T, p plan) {
	shards := map[int]bool{}
	of := 0
	each(t, p, "google_cloud_scheduler_job", func(address string, j struct {
		Name     string
		Schedule string
		Target   []struct {
			Body string
			OIDC []struct {
				Account string `json:"service_account_email"`
			} `json:"oidc_token"`
		} `json:"http_target"`
	}) {
		target := j.Target[0]
		if len(target.OIDC) != 1 || target.OIDC[0].Account == "" {
			t.Errorf("%s calls without saying who it is", address)
		}
		body, err := base64.StdEncoding.DecodeString(target.Body)
		if err != nil {
			t.Fatalf("%s: %v", address, err)
		}
		dec := json.NewDecoder(strings.NewReader(string(body)))
		dec.DisallowUnknownFields()
		switch {
		case j.Name == drain.BackfillJob:
			var r drain.BridgeRequest
			if err := dec.Decode(&r); err != nil || r.Replay != nil || r.Until != drain.CaughtUp {
				t.Errorf("%s does more than catch up before anybody asks for it: %s, %v", address, body, err)
			}
		case j.Name == drain.RebuildJob:
			var r drain.AggregateRequest
			if err := dec.Decode(&r); err != nil || r.Rebuild != nil || r.Until != drain.CaughtUp {
				t.Errorf("%s does more than catch up before anybody asks for it: %s, %v", address, body, err)
			}
		case strings.HasPrefix(j.Name, "bridge"):
			var r drain.BridgeRequest
			if err := dec.Decode(&r); err != nil {
				t.Errorf("%s: the bridge refuses %s: %v", address, body, err)
			}
			shards[r.Shard], of = true, r.Shards
		default:
			var r drain.AggregateRequest
			if err := dec.Decode(&r); err != nil || r.Until != drain.Deadline {
				t.Errorf("%s: %s isn't a request of the aggregation: %v", address, body, err)
			}
		}
	})
	if len(shards) == 0 || len(shards) != of {
		t.Errorf("jobs drain %d of %d shards", len(shards), of)
	}
}
