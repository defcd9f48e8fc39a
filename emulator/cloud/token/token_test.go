package token_test

import (
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/policy"
	"github.com/tallystream/tallystream/emulator/cloud/project"
	"github.com/tallystream/tallystream/emulator/cloud/token"
)

const (
	person = "developer@example.com"
	bridge = "bridge@votes.iam.gserviceaccount.com"
)

// post sends a form, or JSON, with a token or without.
func post(t *testing.T, s *token.Service, target, bearer, body string) (int, api.Object) {
	t.Helper()
	r := httptest.NewRequest("POST", target, strings.NewReader(body))
	if !strings.HasPrefix(body, "{") {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if bearer != "" {
		r.Header.Set("Authorization", "Bearer "+bearer)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	var answer api.Object
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Fatalf("%s: %v", target, err)
	}
	return w.Code, answer
}

func newService(t *testing.T) (*token.Service, *policy.Policies) {
	t.Helper()
	policies := policy.New()
	iam := project.NewIAM(project.New(policies, "votes"), policies)
	w := httptest.NewRecorder()
	iam.ServeHTTP(w, httptest.NewRequest("POST", "/v1/projects/votes/serviceAccounts", strings.NewReader(`{"accountId":"bridge"}`)))
	if w.Code != 200 {
		t.Fatal(w.Body)
	}
	return token.New(iam, policies, true), policies
}

func TestRefresh(t *testing.T) {
	s, _ := newService(t)
	code, got := post(t, s, "/token", "", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token.Access(person)}, "client_id": {"c"}}.Encode())
	if code != 200 {
		t.Fatal(code, got)
	}
	for _, kind := range []string{"access_token", "id_token"} {
		if email, ok := token.Email(got[kind].(string)); !ok || email != person {
			t.Errorf("the %s is of %q", kind, email)
		}
		if _, whose := post(t, s, "/v1/userinfo", got[kind].(string), "a=b"); whose["email"] != person {
			t.Errorf("userinfo of the %s: %v", kind, whose)
		}
	}
	for _, form := range []url.Values{
		{"grant_type": {"refresh_token"}, "refresh_token": {"1//real"}},
		{"grant_type": {"authorization_code"}, "code": {"c"}},
	} {
		if code, answer := post(t, s, "/token", "", form.Encode()); code != 400 || !strings.Contains(answer["error_description"].(string), "local cloud") {
			t.Errorf("%v: %d %v, want 400 and why", form, code, answer)
		}
	}
}

func TestTokenOfAServiceAccount(t *testing.T) {
	s, policies := newService(t)
	const target = "/v1/projects/-/serviceAccounts/" + bridge
	if code, answer := post(t, s, target+":generateAccessToken", token.Access(person), `{}`); code != 403 || !strings.Contains(answer["error"].(api.Object)["message"].(string), "iam.serviceAccounts.getAccessToken") {
		t.Errorf("without a role: %d %v", code, answer)
	}
	if _, err := policies.Set("//iam.googleapis.com/projects/votes/serviceAccounts/"+bridge, policy.Policy{Bindings: []policy.Binding{
		{Role: "roles/iam.serviceAccountTokenCreator", Members: []string{"user:" + person}},
	}}); err != nil {
		t.Fatal(err)
	}
	for verb, field := range map[string]string{"generateAccessToken": "accessToken", "generateIdToken": "token"} {
		code, answer := post(t, s, target+":"+verb, token.Access(person), `{"audience":"https://example.org"}`)
		if email, _ := token.Email(answer[field].(string)); code != 200 || email != bridge {
			t.Errorf("%s: %d %v", verb, code, answer)
		}
	}
	if code, _ := post(t, s, "/v1/projects/-/serviceAccounts/none@votes.iam.gserviceaccount.com:generateIdToken", token.Access(person), `{}`); code != 404 {
		t.Errorf("of no account: %d, want 404", code)
	}
}

func TestCaller(t *testing.T) {
	for header, want := range map[string]string{
		"":                               "",
		"Bearer " + token.Access(person): "user:" + person,
		"Bearer " + token.Access(bridge): "serviceAccount:" + bridge,
	} {
		r := httptest.NewRequest("GET", "/", nil)
		if header != "" {
			r.Header.Set("Authorization", header)
		}
		if got, err := token.Caller(r); err != nil || got != want {
			t.Errorf("%s: %q %v, want %q", header, got, err, want)
		}
	}
	for _, header := range []string{"Bearer ya29.real", "Basic eA==", "Bearer a.b.c"} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Authorization", header)
		if _, err := token.Caller(r); status.Code(err) != codes.Unauthenticated {
			t.Errorf("%s: %v, want UNAUTHENTICATED", header, err)
		}
	}
}
