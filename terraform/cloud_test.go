package terraform

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	emulator "github.com/tallystream/tallystream/emulator/cloud"
	"github.com/tallystream/tallystream/emulator/cloud/build/buildtest"
	"github.com/tallystream/tallystream/emulator/cloud/token"
	"github.com/tallystream/tallystream/emulator/pubsub"
)

const (
	electionProject = "springfield-votes"
	owner           = "owner@example.org"
)

// A cloud is the local one: the provider applies to it, through its proxy, as it would to
// Google's, and nobody may do what isn't granted.
type cloud struct {
	*emulator.Cloud
	t        *testing.T
	access   emulator.Access
	pubsub   *pubsub.Server
	bigquery *bigquery
}

func newCloud(t *testing.T) *cloud {
	t.Helper()
	messages, err := pubsub.Start(t.Context(), pubsub.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := &cloud{t: t, pubsub: messages, bigquery: newBigQuery(t)}
	c.Cloud, err = emulator.Start(t.Context(), emulator.Options{
		Projects: []string{electionProject}, Region: "us-central1", Owner: owner, Dir: t.TempDir(), Enforce: true,
		PubSub: messages.Addr(), BigQuery: c.bigquery.Listener.Addr().String(),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, closing := range []io.Closer{c.Cloud, messages} {
			if err := closing.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	if c.access, err = c.Save(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	return c
}

// environment leads the provider to this cloud.
func (c *cloud) environment() []string {
	variables := c.access.Endpoints()
	if runtime.GOOS == "linux" { // elsewhere Go takes the system's authorities only
		variables = c.access.Proxy()
	}
	var all []string
	for _, v := range variables {
		all = append(all, v.Name+"="+v.Value)
	}
	return all
}

// left are the full names of what exists.
func (c *cloud) left() []string {
	names := append(c.Resources(), c.bigquery.store.FullNames("bigquery.googleapis.com")...)
	for _, collection := range []string{"topics", "subscriptions"} {
		var list map[string][]json.RawMessage
		c.get("http://"+c.pubsub.Addr()+"/v1/projects/"+electionProject+"/"+collection, &list)
		for _, one := range list[collection] {
			var resource struct{ Name string }
			if err := json.Unmarshal(one, &resource); err != nil {
				c.t.Fatal(err)
			}
			names = append(names, "//pubsub.googleapis.com/"+resource.Name)
		}
	}
	slices.Sort(names)
	return names
}

// get asks for something as the owner.
func (c *cloud) get(url string, answer any) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, url, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token.Access(owner))
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	var body bytes.Buffer
	if _, err := io.Copy(&body, response.Body); err != nil {
		c.t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK {
		c.t.Fatalf("GET %s: %s %s", url, response.Status, &body)
	}
	if err := json.Unmarshal(body.Bytes(), answer); err != nil {
		c.t.Fatalf("GET %s: %v", url, err)
	}
}

// secret is the value of a secret's version.
func (c *cloud) secret(version string) []byte {
	var answer struct {
		Payload struct{ Data []byte }
	}
	c.get("http://"+c.Addr()+"/secretmanager/v1/"+version+":access", &answer)
	return answer.Payload.Data
}

// functionSource is the source of an archive that is quick to build: it has functions of the
// names of ours, which answer with a text.
const functionSource = `package function

import (
	"io"
	"net/http"

	"github.com/GoogleCloudPlatform/functions-framework-go/functions"
)

func init() {
	for _, name := range []string{"aggregate", "bridge", "dashboard", "ingest"} {
		functions.HTTP(name, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, name+" TEXT") })
	}
}
`

// writeArchive writes an archive of functions that answer with their name and a text.
func writeArchive(t *testing.T, file, text string) {
	t.Helper()
	archive := buildtest.Zip(t, buildtest.Module(t, strings.Replace(functionSource, "TEXT", text, 1)))
	if err := os.WriteFile(filepath.Clean(file), archive, 0o644); err != nil {
		t.Fatal(err)
	}
}
