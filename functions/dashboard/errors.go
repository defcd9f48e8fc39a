package dashboard

import (
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tallystream/tallystream/functions/dashboard/refresh"
	"github.com/tallystream/tallystream/functions/dashboard/stream"
	"github.com/tallystream/tallystream/functions/dashboard/text"
	"github.com/tallystream/tallystream/shared/function"
	"github.com/tallystream/tallystream/shared/logging"
)

// badFilter is an error for who wrote the address.
type badFilter struct{ error }

// failed answers for an error without telling what is inside.
func (h *Handler) failed(w http.ResponseWriter, r *http.Request, err error) {
	var bad badFilter
	var tooMany stream.TooManyError
	switch logging.Add(r.Context(), slog.Any("error", err)); {
	case errors.As(err, &bad):
		h.fail(w, r, http.StatusBadRequest, sentence(bad.Error()))
	case errors.As(err, &tooMany):
		w.Header().Set("Retry-After", "30")
		h.fail(w, r, http.StatusServiceUnavailable, sentence(tooMany.Error())+" Please read api/v1/results every few seconds instead.")
	case errors.Is(err, refresh.ErrUnavailable):
		w.Header().Set("Retry-After", "5")
		h.apologise(w, r, http.StatusServiceUnavailable, "error.unavailable", "error.again")
	default:
		h.apologise(w, r, http.StatusInternalServerError, "error.ours")
	}
}

// fail answers with a sentence: as JSON for programs, as a page for people. The
// sentence never holds more than the reader can use.
func (h *Handler) fail(w http.ResponseWriter, r *http.Request, status int, sentence string) {
	h.answer(w, r, status, sentence, func() ([]byte, error) {
		return h.pages.RenderError(text.English, http.StatusText(status), sentence, root(r.URL.Path))
	})
}

// apologise answers for what readers may meet by no doing of theirs, with texts by their keys: to
// people in their language.
func (h *Handler) apologise(w http.ResponseWriter, r *http.Request, status int, keys ...string) {
	l := text.English
	if look, err := inLanguage(r, r.URL.Query()); err == nil && wantsHTML(r) {
		l = look.Language
	}
	said := make([]string, len(keys))
	for i, key := range keys {
		said[i] = l.Say(key)
	}
	h.answer(w, r, status, strings.Join(said, " "), func() ([]byte, error) {
		return h.pages.RenderError(l, said[0], strings.Join(said[1:], " "), root(r.URL.Path))
	})
}

// answer answers with a sentence for programs, or the page that render makes for people.
func (h *Handler) answer(w http.ResponseWriter, r *http.Request, status int, sentence string, render func() ([]byte, error)) {
	if !wantsHTML(r) {
		function.Error(w, status, errors.New(sentence))
		return
	}
	page, err := render()
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
