package replay_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/local/operate/replay"
	"github.com/tallystream/tallystream/shared/drain"
)

// answers is a stage that gives these answers, one after the other, and keeps what
// it was asked.
func answers(t *testing.T, asked *[]string, texts ...string) replay.Function {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var request json.RawMessage
		if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
			t.Error(err)
		}
		*asked = append(*asked, string(request))
		text := texts[min(len(*asked), len(texts))-1]
		if text[0] != '{' {
			status, known := map[string]int{"no such partition": http.StatusBadRequest, "<html>": http.StatusNotImplemented}[text]
			if !known {
				status = http.StatusForbidden
			}
			http.Error(w, text, status)
			return
		}
		_, _ = w.Write([]byte(text))
	}))
	t.Cleanup(s.Close)
	return replay.Function{Name: "stage", URL: s.URL}
}

var five = drain.Request{Seconds: 5}

// A replay that runs out of time goes on where it ended, until it has caught up.
func TestBackfillGoesOn(t *testing.T) {
	var asked []string
	f := answers(t, &asked, `{"records":3,"next":{"votes/0":7}}`, `{"records":2,"caught_up":true}`)
	var records int64
	if err := replay.Backfill(t.Context(), f, five, drain.Replay{Topic: "votes"}, func(s drain.BridgeSummary) { records += s.Records }); err != nil {
		t.Fatal(err)
	}
	want := []string{`{"seconds":5,"replay":{"topic":"votes"}}`, `{"seconds":5,"replay":{"topic":"votes","next":{"votes/0":7}}}`}
	if diff := cmp.Diff(want, asked); diff != "" || records != 5 {
		t.Errorf("%d records, requests (-want +got):\n%s", records, diff)
	}
}

// A bridge that publishes nothing isn't called for ever.
func TestBackfillGivesUp(t *testing.T) {
	for _, answer := range []string{`{"records":0,"next":{"votes/0":7}}`, `{"records":3}`} {
		var asked []string
		err := replay.Backfill(t.Context(), answers(t, &asked, answer), five, drain.Replay{}, func(drain.BridgeSummary) {})
		if err == nil || !strings.Contains(err.Error(), "makes no progress") || len(asked) != 1 {
			t.Errorf("%s: error %v after %d calls", answer, err, len(asked))
		}
	}
}

func TestRebuild(t *testing.T) {
	noon := time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)
	var asked []string
	f := answers(t, &asked, `{"records":3,"unbalanced":1}`)
	for _, r := range []drain.Range{{}, {From: noon, To: noon.Add(time.Hour)}} {
		if s, err := replay.Rebuild(t.Context(), f, five, r, func() {}); err != nil || s.Unbalanced != 1 {
			t.Errorf("%s: summary %+v, error %v", r, s, err)
		}
	}
	want := []string{`{"seconds":5,"rebuild":"all"}`, `{"seconds":5,"rebuild":{"from":"2026-11-03T12:00:00Z","to":"2026-11-03T13:00:00Z"}}`}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

// A rebuild that outlasts a call is waited for by more of them.
func TestRebuildGoesOn(t *testing.T) {
	var asked []string
	waited := 0
	request := drain.Request{Seconds: 5, Operation: "op"}
	s, err := replay.Rebuild(t.Context(), answers(t, &asked, `{"running":true}`, `{"running":true}`, `{"passes":1}`), request, drain.Range{}, func() { waited++ })
	if err != nil || s.Passes != 1 || waited != 2 {
		t.Errorf("summary %+v after waiting %d times, error %v", s, waited, err)
	}
	if one := `{"seconds":5,"operation":"op","rebuild":"all"}`; !slices.Equal(asked, []string{one, one, one}) {
		t.Errorf("requests %q", asked)
	}
}

func TestRefusalsAreExplained(t *testing.T) {
	var asked []string
	forbidden := answers(t, &asked, "no")
	token := forbidden
	token.Token = "a token"
	for want, f := range map[string]replay.Function{
		"set IDENTITY_TOKEN to what gcloud auth print-identity-token prints":             forbidden,
		"the token in IDENTITY_TOKEN would be sent in the clear":                         token,
		"(501 Not Implemented), which is no answer of the function stage: correct --url": answers(t, new([]string), "<html>"),
		"stage can't be reached: --url is http://127.0.0.1:1":                            {Name: "stage", URL: "http://127.0.0.1:1"},
	} {
		if _, err := replay.Rebuild(t.Context(), f, five, drain.Range{}, func() {}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// What the function can't follow is a mistake of who asked, in the function's words.
func TestBadRequestsAreMarked(t *testing.T) {
	var asked []string
	err := replay.Backfill(t.Context(), answers(t, &asked, "no such partition"), five, drain.Replay{}, func(drain.BridgeSummary) {})
	if !errors.Is(err, replay.ErrRequest) || err.Error() != "no such partition" {
		t.Errorf("error %v", err)
	}
	if _, err := replay.Rebuild(t.Context(), answers(t, &asked, "no"), five, drain.Range{}, func() {}); errors.Is(err, replay.ErrRequest) {
		t.Errorf("a refusal of who asks is marked: %v", err)
	}
}
