package dashboard

import (
	"context"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
	"github.com/tallystream/tallystream/functions/dashboard/web"
)

// audits is what is read of Lighthouse's report.
type audits struct {
	Categories map[string]struct {
		Score float64
		Refs  []struct {
			ID     string
			Weight float64
		} `json:"auditRefs"`
	}
	Audits map[string]struct {
		Score        *float64
		Title        string
		DisplayValue string
		Details      json.RawMessage
	}
}

// TestLighthouse has Lighthouse look at the page on a phone, and wants 100 of 100 of each
// category. It needs what make lighthouse installs, and a machine that has nothing else to do:
// one category is about time.
func TestLighthouse(t *testing.T) {
	program, err := exec.LookPath(os.Getenv("LIGHTHOUSE"))
	if err != nil {
		t.Skip("LIGHTHOUSE names no program: run make lighthouse")
	}
	if a, err := web.Load(); err != nil || !a.Bundled {
		t.Fatalf("the scripts aren't bundled (%v): run make assets", err)
	}
	c := testConfig(t)
	setElection(t, &c, sample.CountryElection(t))
	server := httptest.NewUnstartedServer(nil)
	c.PublicURL = "http://" + server.Listener.Addr().String() + "/"
	server.Config.Handler = newHandlerWith(t, c, &sample.Store{Next: sample.Returns(sample.Country(c.Election, c.Election.Closes), nil)})
	server.Start()
	defer server.Close()
	report := filepath.Join(t.TempDir(), "report.json")
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute) // less than a minute, on an idle machine
	defer cancel()
	cmd := exec.CommandContext(ctx, program, c.PublicURL, "--quiet", "--output=json", "--output-path="+report, "--chrome-flags=--headless --no-sandbox")
	cmd.WaitDelay = time.Second // its browser has its output, too
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", errors.Join(err, ctx.Err()), out)
	}
	text, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	var found audits
	if err := json.Unmarshal(text, &found); err != nil {
		t.Fatal(err)
	}
	if len(found.Categories) != 4 {
		t.Errorf("%d categories, want 4", len(found.Categories))
	}
	for name, category := range found.Categories {
		t.Logf("%s: %.0f", name, 100*category.Score)
		if category.Score == 1 {
			continue
		}
		t.Errorf("%s has %.0f of 100", name, 100*category.Score)
		for _, ref := range category.Refs {
			if a := found.Audits[ref.ID]; ref.Weight > 0 && a.Score != nil && *a.Score < 1 {
				t.Logf("  %s (%.2f): %s %s %.1500s", ref.ID, *a.Score, a.Title, a.DisplayValue, a.Details)
			}
		}
	}
}
