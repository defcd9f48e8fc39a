package run_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tallystream/tallystream/emulator/cloud/policy"
	"github.com/tallystream/tallystream/emulator/cloud/run"
	"github.com/tallystream/tallystream/emulator/internal/oidc"
)

// Only members with run.invoker reach a service, known by the token that they bring.
func TestInvoker(t *testing.T) {
	policies, lines := policy.New(), &log{}
	s := newServices(t, run.Options{Policies: policies, EnforceInvoker: true, Sink: lines.write})
	d := deploy(t, s, template("serves"))
	const scheduler, person = "scheduler@p.iam.gserviceaccount.com", "ann@example.org"
	grant := func(members ...string) {
		t.Helper()
		_, err := policies.Set(run.FullName(name), policy.Policy{Bindings: []policy.Binding{{Role: "roles/run.invoker", Members: members}}})
		if err != nil {
			t.Fatal(err)
		}
	}
	token := func(email, audience string) string { return oidc.Token(email, audience, time.Now()) }
	check := func(what, token string, want int) {
		t.Helper()
		if status, body := get(t, d.URI+"/GREETING", token); status != want || (status == http.StatusOK) != (body == "hello") {
			t.Errorf("%s: %d %s, want %d", what, status, body, want)
		}
	}
	check("before a grant", token(scheduler, d.URI), http.StatusForbidden)
	grant("serviceAccount:"+scheduler, "user:"+person)
	check("the account", token(scheduler, d.URI), http.StatusOK)
	check("the account, with a path", token(scheduler, d.URI+"/"), http.StatusOK)
	check("a token for another service", token(scheduler, "https://example.org"), http.StatusUnauthorized)
	check("a person, whose token is gcloud's", token(person, "32555940559.apps.googleusercontent.com"), http.StatusOK)
	check("another account", token("other@p.iam.gserviceaccount.com", d.URI), http.StatusForbidden)
	check("no token", "", http.StatusForbidden)
	check("no JWT", "None", http.StatusUnauthorized)
	check("an old token", oidc.Token(person, d.URI, time.Now().Add(-2*time.Hour)), http.StatusUnauthorized)
	grant("allUsers")
	check("no token, for allUsers", "", http.StatusOK)
	for _, want := range []string{"serviceAccount:other@p.iam.gserviceaccount.com lacks roles/run.invoker", `its audience is \"https://example.org\"`} {
		if !strings.Contains(lines.String(), want) {
			t.Errorf("the log doesn't say %q:\n%s", want, lines)
		}
	}
}

// A service that is internal is found by Google's services only.
func TestIngress(t *testing.T) {
	s := newServices(t, run.Options{})
	internal := template("serves")
	internal.Ingress = run.Internal
	d := deploy(t, s, internal)
	if status, _ := get(t, d.URI, ""); status != http.StatusNotFound {
		t.Errorf("answer %d, want 404", status)
	}
}
