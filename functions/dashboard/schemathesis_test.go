package dashboard

import (
	"context"
	"errors"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
)

// TestSchemathesis has schemathesis make requests of the description of the API, sensible ones
// and others, and hold the answers to it: the same ones each time, by a seed. It needs what
// make ci-schemathesis installs. The stream is left out: its answers have no end.
func TestSchemathesis(t *testing.T) {
	program, err := filepath.Abs("openapi/.venv/bin/schemathesis")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(program); err != nil {
		t.Skipf("schemathesis isn't installed (%v): run make ci-schemathesis", err)
	}
	c := testConfig(t)
	c.Election = sample.CountryElection(t)
	server := httptest.NewServer(newHandlerWith(t, c, &sample.Store{Next: sample.Returns(sample.Country(c.Election, c.Election.Closes), nil)}))
	defer server.Close()
	// Which regions and hours there are is a matter of the election, and not of the description.
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute) // seconds, on an idle machine
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "run", server.URL+"/api/v1/openapi.json", "--exclude-path", "/api/v1/stream",
		"--checks", "all", "--exclude-checks", "positive_data_acceptance", "--max-examples", "5", "--seed", "1", "--no-color", "--generation-database", "none")
	cmd.Dir = t.TempDir()
	out, err := cmd.CombinedOutput()
	if t.Logf("%s", out); err != nil {
		t.Error(errors.Join(err, ctx.Err()))
	}
}
