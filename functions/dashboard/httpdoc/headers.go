package httpdoc

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// policy is the Content-Security-Policy: scripts, styles and data come from
// here only and never from within a page. Portraits come from the hosts that the
// election permits, by https. Pages of the ancestors may show it in a frame.
func policy(imageSources, ancestors []string) string {
	if len(ancestors) == 0 {
		ancestors = []string{"'none'"}
	}
	images := append([]string{"img-src 'self' data:"}, imageSources...)
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self'",
		"connect-src 'self'",
		strings.Join(images, " "),
		"base-uri 'none'",
		"form-action 'self'",
		"frame-ancestors " + strings.Join(ancestors, " "),
	}, "; ")
}

// Headers are those of pages and what they load. Their slices are shared: nobody changes them.
func Headers(imageSources, ancestors []string) http.Header {
	return http.Header{
		"Content-Security-Policy":      {policy(imageSources, ancestors)},
		"Cross-Origin-Opener-Policy":   {"same-origin"},
		"Cross-Origin-Resource-Policy": {"same-origin"},
		"Permissions-Policy":           {"camera=(), geolocation=(), microphone=()"},
		"Referrer-Policy":              {"no-referrer"},
		"Strict-Transport-Security":    {"max-age=31536000"}, // browsers heed it over https only
		"X-Content-Type-Options":       {"nosniff"},
	}
}

// lasting are the headers of Headers. An answer of 304 needn't repeat them.
var lasting = Headers(nil, nil)

// CrossOrigin are headers of what any page may use: the results are public.
var CrossOrigin = http.Header{
	"Access-Control-Allow-Origin":   {"*"},
	"Access-Control-Expose-Headers": {"ETag"},
	"Cross-Origin-Resource-Policy":  {"cross-origin"},
}

// Data are the headers of the API's answers. Headers that restrict a page and its scripts
// aren't among them: JSON and CSV are no pages.
var Data = http.Header{
	"Access-Control-Allow-Origin":   CrossOrigin["Access-Control-Allow-Origin"],
	"Access-Control-Expose-Headers": CrossOrigin["Access-Control-Expose-Headers"],
	"Cross-Origin-Resource-Policy":  CrossOrigin["Cross-Origin-Resource-Policy"],
	"Strict-Transport-Security":     lasting["Strict-Transport-Security"],
	"X-Content-Type-Options":        lasting["X-Content-Type-Options"],
}

// Preflight answers a browser that asks whether another page may send
// If-None-Match.
func Preflight(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Access-Control-Allow-Methods", "GET, HEAD")
	h.Set("Access-Control-Allow-Headers", "If-None-Match")
	h.Set("Access-Control-Max-Age", "86400")
	w.WriteHeader(http.StatusNoContent)
}

// CacheControl lets a shared cache keep an answer for one refresh, rounded up to
// whole seconds. The cache may serve it for another refresh while it asks again,
// and for maxAge if that fails, as the dashboard does itself. Browsers ask each
// time, and mostly get a 304.
func CacheControl(refresh, maxAge time.Duration) string {
	seconds := func(d time.Duration) int64 { return int64((d + time.Second - 1) / time.Second) }
	return fmt.Sprintf("public, max-age=0, s-maxage=%d, stale-while-revalidate=%d, stale-if-error=%d",
		seconds(refresh), seconds(refresh), seconds(maxAge))
}
