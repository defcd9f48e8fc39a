package dashboard

import (
	"maps"
	"net/http"
	"strings"
)

// policy is the Content-Security-Policy: scripts, styles and data come from
// here only and never from within a page. Portraits come from the hosts that the
// election permits, by https.
func policy(images pictures) string {
	sources := append([]string{"img-src 'self' data:"}, images.sources()...)
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self'",
		"connect-src 'self'",
		strings.Join(sources, " "),
		"base-uri 'none'",
		"form-action 'self'",
		"frame-ancestors 'none'",
	}, "; ")
}

// common is on every answer. Its slices are shared by all of them.
func common(images pictures) http.Header {
	return http.Header{
		"Content-Security-Policy":      {policy(images)},
		"Cross-Origin-Opener-Policy":   {"same-origin"},
		"Cross-Origin-Resource-Policy": {"same-origin"},
		"Permissions-Policy":           {"camera=(), geolocation=(), microphone=()"},
		"Referrer-Policy":              {"no-referrer"},
		"Strict-Transport-Security":    {"max-age=31536000"}, // browsers heed it over https only
		"X-Content-Type-Options":       {"nosniff"},
	}
}

// open is on the API's answers: the results are public, any page may use them.
var open = http.Header{
	"Access-Control-Allow-Origin":   {"*"},
	"Access-Control-Expose-Headers": {"ETag"},
	"Cross-Origin-Resource-Policy":  {"cross-origin"},
}

func (h *Handler) secure(to http.Header, api bool) {
	maps.Copy(to, h.common)
	if api {
		maps.Copy(to, open)
	}
}

// preflight answers a browser that asks whether another page may send
// If-None-Match.
func preflight(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Access-Control-Allow-Methods", "GET, HEAD")
	h.Set("Access-Control-Allow-Headers", "If-None-Match")
	h.Set("Access-Control-Max-Age", "86400")
	w.WriteHeader(http.StatusNoContent)
}
