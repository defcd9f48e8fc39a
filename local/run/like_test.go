package run

import (
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/emulator/buffer"
	"github.com/tallystream/tallystream/local/settings"
	"github.com/tallystream/tallystream/shared/config"
)

// A system that is like the cloud counts with Terraform's settings, behind Cloud Run.
func TestLikeTheCloud(t *testing.T) {
	for name, o := range map[string]Options{
		"in processes":    {},
		"in this process": {InProcess: true},
	} {
		t.Run(name, func(t *testing.T) {
			o.Like, o.Scheduled, o.Partitions = "cloud/20", true, 1
			s, _ := started(t, o)
			sendOneVote(t, s)
			results, err := s.AwaitCounted(t.Context(), Offsets{"voters": {0: 1}, "votes": {0: 1}}, patience)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(oneVote, results.Books.Account); diff != "" {
				t.Errorf("books (-want +got):\n%s", diff)
			}
			for _, function := range []string{settings.Bridge, settings.Ingest, settings.Aggregate} {
				resp, err := http.Post(s.functionURL(function), "application/json", strings.NewReader("{}"))
				if err != nil {
					t.Fatal(err)
				}
				body, err := io.ReadAll(resp.Body)
				resp.Body.Close()
				if err != nil || resp.StatusCode != http.StatusNotFound || !strings.Contains(string(body), "Error: Page not found") {
					t.Errorf("a stranger's call of %s is answered with %s: %s (%v)", function, resp.Status, body, err)
				}
			}
			if got := s.Getenv("BATCH_RECORDS"); got != "5000" {
				t.Errorf("BATCH_RECORDS is %q, not Terraform's", got)
			}
		})
	}
}

func TestUnknownProfile(t *testing.T) {
	if _, err := Start(t.Context(), Options{Like: "aws"}); err == nil || !strings.Contains(err.Error(), `"aws"`) {
		t.Errorf("error %v", err)
	}
	var like Like
	if err := like.Set(""); err == nil {
		t.Error("a profile without a name is taken")
	}
	if err := like.Set("cloud/5"); err != nil || like.String() != "cloud/5" {
		t.Errorf("profile %q, error %v", like, err)
	}
}

// A part that the environment names isn't made like the cloud, and a person is told so.
func TestPartsThatAreNotLikeTheCloud(t *testing.T) {
	out := &buffer.Buffer{}
	_, err := Start(t.Context(), Options{
		Like:   "cloud",
		Getenv: config.FromMap(map[string]string{"BIGQUERY_EMULATOR_HOST": "127.0.0.1:1", "BIGQUERY_STORAGE_EMULATOR_HOST": "127.0.0.1:1"}),
		Logger: slog.New(slog.NewTextHandler(out, nil)),
	})
	if err == nil {
		t.Fatal("there is no BigQuery, and no error")
	}
	if text := out.String(); !strings.Contains(text, "times of its own") || !strings.Contains(text, "BIGQUERY_EMULATOR_HOST") || strings.Contains(text, "KAFKA_BROKERS") {
		t.Errorf("told: %s", text)
	}
}
