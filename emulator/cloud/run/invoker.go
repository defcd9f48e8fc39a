package run

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/tallystream/tallystream/emulator/cloud/token"
	"github.com/tallystream/tallystream/emulator/internal/oidc"
)

// admit reports whether a caller may invoke the service, and answers if not. Callers are
// known by the identity token in Authorization, of any of Google's users and service
// accounts (https://cloud.google.com/run/docs/authenticating/service-to-service). A
// service account's token has to be for the service's address.
func (s *service) admit(w http.ResponseWriter, r *http.Request) bool {
	o := s.services.options
	if !o.EnforceInvoker {
		return true
	}
	const permission = "run.routes.invoke"
	resources := []string{FullName(s.name), "//cloudresourcemanager.googleapis.com/projects/" + s.project}
	if o.Policies.Allowed("", permission, resources...) {
		return true // allUsers
	}
	member := ""
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		claims, err := oidc.Parse(bearer, s.services.now())
		member = token.Member(claims.Email)
		if err == nil && strings.HasPrefix(member, "serviceAccount:") && claims.Audience != s.url && !strings.HasPrefix(claims.Audience, s.url+"/") {
			err = fmt.Errorf("its audience is %q, not %s", claims.Audience, s.url)
		}
		if err != nil {
			s.refuse(w, r, http.StatusUnauthorized, `error="invalid_token" error_description="The access token could not be verified"`, "the token isn't valid: "+err.Error())
			return false
		}
	}
	if o.Policies.Allowed(member, permission, resources...) {
		return true
	}
	if member == "" {
		s.refuse(w, r, http.StatusForbidden, "", "the request has no identity token")
	} else {
		s.refuse(w, r, http.StatusForbidden, `error="insufficient_scope"`, member+" lacks roles/run.invoker")
	}
	return false
}

// refuse answers as Google's front end does, and says why in the log of the service.
func (s *service) refuse(w http.ResponseWriter, r *http.Request, code int, challenge, why string) {
	if current := s.serving(); current != nil {
		s.newOutput(current).system("WARNING", fmt.Sprintf("The request was not authenticated. %s %s: %s. Either allow unauthenticated invocations or set the proper Authorization header.", r.Method, r.URL.Path, why))
	}
	if challenge != "" {
		w.Header().Set("WWW-Authenticate", "Bearer "+challenge)
	}
	title, text := "403 Forbidden", "Your client does not have permission to get URL <code>/</code> from this server."
	if code == http.StatusUnauthorized {
		title, text = "401 Unauthorized", "Your client does not have permission to the requested URL <code>/</code>."
	}
	w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	w.WriteHeader(code)
	_, _ = io.WriteString(w, "<html><head>\n<title>"+title+"</title>\n</head>\n<body>\n<h1>Error: "+title[4:]+"</h1>\n<h2>"+text+"</h2>\n</body></html>\n")
}
