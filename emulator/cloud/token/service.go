package token

import (
	"net/http"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/policy"
	"github.com/tallystream/tallystream/emulator/cloud/project"
	"github.com/tallystream/tallystream/emulator/internal/oidc"
)

// lifetime is how long a token says that it is good for. None is refused for its age.
const lifetime = time.Hour

// Service gives tokens: OAuth's endpoints, and IAM's Service Account Credentials API.
type Service struct {
	iam      *project.IAM
	policies *policy.Policies
	enforce  bool
}

// New returns the endpoints that give tokens. With enforce, an account gives one of
// another only where its policy allows it.
func New(iam *project.IAM, policies *policy.Policies, enforce bool) *Service {
	return &Service{iam: iam, policies: policies, enforce: enforce}
}

func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch path := r.URL.Path; {
	case r.Method == http.MethodPost && (path == "/token" || path == "/oauth2/v4/token"):
		give(w, r)
	case r.Method == http.MethodPost && path == "/revoke":
		api.Write(w, http.StatusOK, nil)
	default:
		api.Method(s.serve).ServeHTTP(w, r)
	}
}

// give answers a request for a token by https://www.rfc-editor.org/rfc/rfc6749#section-6.
func give(w http.ResponseWriter, r *http.Request) {
	refuse := func(kind, description string) {
		api.Write(w, http.StatusBadRequest, api.Object{"error": kind, "error_description": description})
	}
	if err := r.ParseForm(); err != nil {
		refuse("invalid_request", err.Error())
		return
	}
	if grant := r.PostForm.Get("grant_type"); grant != "refresh_token" {
		refuse("unsupported_grant_type", "The local cloud gives tokens for refresh tokens only, not for "+grant+".")
		return
	}
	email, ok := Email(r.PostForm.Get("refresh_token"))
	if !ok {
		refuse("invalid_grant", "The refresh token isn't of the local cloud. go run ./local cloud env has one.")
		return
	}
	audience := r.PostForm.Get("audience")
	if audience == "" {
		audience = r.PostForm.Get("client_id")
	}
	api.Write(w, http.StatusOK, api.Object{
		"access_token": Access(email), "expires_in": int(lifetime.Seconds()), "token_type": "Bearer",
		"scope":    "openid https://www.googleapis.com/auth/userinfo.email https://www.googleapis.com/auth/cloud-platform",
		"id_token": oidc.Token(email, audience, time.Now()),
	})
}

func (s *Service) serve(r *http.Request) (any, error) {
	path, verb := api.Verb(r.URL.Path)
	switch {
	case path == "/tokeninfo" || strings.HasSuffix(path, "/userinfo"):
		return info(r)
	case r.Method == http.MethodPost && (verb == "generateAccessToken" || verb == "generateIdToken"):
		return s.generate(r, api.Segment(path, "serviceAccounts"), verb)
	}
	return nil, api.Unknown(r)
}

// info says whose token it is.
func info(r *http.Request) (any, error) {
	token := r.FormValue("access_token")
	if token == "" {
		token = r.FormValue("id_token")
	}
	if token == "" {
		token = strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	}
	email, ok := Email(token)
	if !ok {
		return nil, status.Error(codes.Unauthenticated, "Invalid Value: the token isn't of the local cloud.")
	}
	return api.Object{"sub": email, "email": email, "email_verified": true, "expires_in": int(lifetime.Seconds())}, nil
}

// generate gives a token of a service account to another account.
func (s *Service) generate(r *http.Request, email, verb string) (any, error) {
	var body struct {
		Audience     string   `json:"audience"`
		IncludeEmail bool     `json:"includeEmail"`
		Scope        []string `json:"scope"`
		Lifetime     string   `json:"lifetime"`
		Delegates    []string `json:"delegates"`
	}
	if err := api.Read(r, &body); err != nil {
		return nil, err
	}
	if len(body.Delegates) > 0 {
		return nil, status.Error(codes.Unimplemented, "delegates: the emulator has no chains of delegation.")
	}
	name, err := s.iam.Account(email)
	if err != nil {
		return nil, err
	}
	permission := map[string]string{"generateAccessToken": "iam.serviceAccounts.getAccessToken", "generateIdToken": "iam.serviceAccounts.getOpenIdToken"}[verb]
	member, err := Caller(r)
	if err != nil && s.enforce {
		return nil, err
	}
	if s.enforce {
		if err := s.policies.Check(member, permission, "//iam.googleapis.com/"+name, policy.Project(name)); err != nil {
			return nil, err
		}
	}
	if verb == "generateIdToken" {
		return api.Object{"token": oidc.Token(email, body.Audience, time.Now())}, nil
	}
	return api.Object{"accessToken": Access(email), "expireTime": time.Now().Add(lifetime).UTC().Format(time.RFC3339)}, nil
}
