package dashboard

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tallystream/tallystream/shared/function"
)

// fail answers with a sentence: as JSON for programs, as a page for people. The
// sentence never holds more than the reader can use.
func (h *Handler) fail(w http.ResponseWriter, r *http.Request, status int, sentence string) {
	if !wantsHTML(r) {
		function.Error(w, status, errors.New(sentence))
		return
	}
	page, err := h.pages.RenderError(http.StatusText(status), sentence, root(r.URL.Path))
	if err != nil {
		function.Error(w, status, errors.New(sentence))
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(page)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(page) // the reader is gone
	}
}

// sentence writes an error as one.
func sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:] + "."
}

// wantsHTML tells people from programs.
func wantsHTML(r *http.Request) bool {
	return !strings.HasPrefix(r.URL.Path, "/api/") && strings.Contains(r.Header.Get("Accept"), "text/html")
}

// root is the way from a path up to the dashboard's page.
func root(p string) string {
	return "./" + strings.Repeat("../", max(0, strings.Count(p, "/")-1))
}
