package sink_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/api/apitest"
	"github.com/tallystream/tallystream/emulator/cloud/logging"
	"github.com/tallystream/tallystream/emulator/cloud/logging/sink"
	"github.com/tallystream/tallystream/emulator/cloud/policy"
	"github.com/tallystream/tallystream/emulator/cloud/storage"
)

const account = "serviceAccount:service-1@gcp-sa-logging.iam.gserviceaccount.com"

func audited(name, text, at string) string {
	return fmt.Sprintf(`{"logName":"projects/%s/logs/cloudaudit.googleapis.com%%2Factivity","resource":{"type":"project"},"entries":[{"textPayload":%q,"timestamp":%q}]}`, name, text, at)
}

func send(t *testing.T, h http.Handler, method, target, body string) string {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, target, strings.NewReader(body)))
	if w.Code != http.StatusOK {
		t.Fatalf("%s %s: %d %s", method, target, w.Code, w.Body)
	}
	return w.Body.String()
}

// Entries that a sink wants are in files by log and hour, of the sink's project only; what
// can't be delivered is in a log.
func TestStorage(t *testing.T) {
	policies := policy.New()
	objects, err := storage.New(storage.Options{Policies: policies, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	send(t, objects, "POST", "/storage/v1/b?project=p", `{"name":"audit"}`)
	logs := logging.New(http.NotFoundHandler())
	ctx, end := context.WithCancel(t.Context())
	d := sink.Start(ctx, sink.Options{
		Logs: logs, Batch: time.Millisecond, Create: objects.Create,
		Sinks: func() map[string]api.Object {
			return map[string]api.Object{"projects/p/sinks/audit": {
				"destination": "storage.googleapis.com/audit", "filter": `log_id("cloudaudit.googleapis.com/activity")`, "writerIdentity": account,
				"exclusions": []any{api.Object{"name": "quiet", "filter": "quiet"}},
			}}
		},
		Allowed: func(member, permission, resource string) error { return policies.Check(member, permission, resource) },
	})
	defer d.Wait()
	defer end()
	write := func(body string) {
		t.Helper()
		send(t, logs, "POST", "/v2/entries:write", body)
	}
	write(audited("p", "refused", "2026-11-29T07:00:00Z"))
	await(t, logs, `resource.type=logging_sink severity=ERROR "storage.objects.create"`)
	if _, err := policies.Set(storage.FullName("audit"), policy.Policy{Bindings: []policy.Binding{{Role: "roles/storage.objectCreator", Members: []string{account}}}}); err != nil {
		t.Fatal(err)
	}
	write(audited("p", "quiet", "2026-11-29T07:00:01Z"))
	write(audited("q", "of another project", "2026-11-29T07:00:01Z"))
	write(audited("p", "first", "2026-11-29T07:00:01Z"))
	const hour = "cloudaudit.googleapis.com/activity/2026/11/29/07:00:00_07:59:59_"
	want(t, objects, hour+"S0.json", "first")
	write(audited("p", "second", "2026-11-29T07:59:59Z"))
	want(t, objects, hour+"A0.json", "second")
	if names := objects.Names(); len(names) != 3 {
		t.Errorf("the bucket has %v", names)
	}
}

// await waits for an entry.
func await(t *testing.T, logs *logging.Service, filter string) {
	t.Helper()
	body, err := json.Marshal(api.Object{"resourceNames": []string{"projects/p"}, "filter": filter})
	if err != nil {
		t.Fatal(err)
	}
	apitest.Await(t, "there is an entry "+filter, func() (bool, any) {
		answer := send(t, logs, "POST", "/v2/entries:list", string(body))
		return strings.Contains(answer, "insertId"), answer
	})
}

// want waits for an object, which has one entry with a text.
func want(t *testing.T, objects *storage.Service, name, text string) {
	t.Helper()
	var content io.ReadCloser
	apitest.Await(t, "there is "+name, func() (bool, any) {
		var err error
		content, err = objects.Object(t.Context(), "audit", name)
		return err == nil, fmt.Sprintf("%v: %v", objects.Names(), err)
	})
	defer content.Close()
	var entry api.Object
	if b, err := io.ReadAll(content); err != nil || json.Unmarshal(b, &entry) != nil || entry["textPayload"] != text {
		t.Errorf("%s has %s, %v; want an entry %s", name, b, err, text)
	}
}

func TestCheck(t *testing.T) {
	for field, want := range map[string]string{
		`"destination":"bigquery.googleapis.com/projects/p/datasets/d"`:                "bigquery.googleapis.com",
		`"destination":"storage.googleapis.com/b","filter":"a AND"`:                    "filter of a sink: unparseable filter: at 6",
		`"destination":"storage.googleapis.com/b","includeChildren":true`:              "includeChildren",
		`"destination":"storage.googleapis.com/b","exclusions":[{"filter":"("}]`:       "unparseable",
		`"destination":"storage.googleapis.com/b","includeChildren":false`:             "",
		`"destination":"logging.googleapis.com/projects/p/locations/global/buckets/b"`: "",
	} {
		var s api.Object
		if err := json.Unmarshal([]byte("{"+field+"}"), &s); err != nil {
			t.Fatal(err)
		}
		if err := sink.Check(s); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", field, err, want)
		}
	}
}
