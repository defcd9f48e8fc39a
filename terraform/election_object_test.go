package terraform

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/emulator/cloud/token"
	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/electionfile"
)

// send does something as the owner, and returns the status of the answer.
func (c *cloud) send(method, url, body string) int {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token.Access(owner))
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer answer.Body.Close()
	return answer.StatusCode
}

// A function reads an election file and the outlines beside it from the bucket that Terraform
// puts them in, by the grant that its module gives it: nothing else of the bucket.
func TestElectionObject(t *testing.T) {
	c := newCloud(t)
	storage := "http://" + c.Addr() + "/storage"
	must := func(method, target, body string) {
		t.Helper()
		if code := c.send(method, storage+target, body); code != http.StatusOK {
			t.Fatalf("%s %s: %d", method, target, code)
		}
	}
	must(http.MethodPost, "/storage/v1/b?project="+electionProject, `{"name":"source","location":"US"}`)
	for name, file := range map[string]string{"elections/1/election.yaml": "outlined.yaml", "elections/1/outlines.json": "outlines.json", "tallystream.zip": "outlines.json"} {
		text, err := os.ReadFile(filepath.Join("tests", "elections", file))
		if err != nil {
			t.Fatal(err)
		}
		must(http.MethodPost, "/upload/storage/v1/b/source/o?uploadType=media&name="+url.QueryEscape(name), string(text))
	}
	variables, err := c.Emulators("dashboard@" + electionProject + ".iam.gserviceaccount.com")
	if err != nil {
		t.Fatal(err)
	}
	environment := map[string]string{"ELECTION_FILE": "gs://source/elections/1/election.yaml"}
	for _, v := range variables {
		name, value, _ := strings.Cut(v, "=")
		environment[name] = value
	}
	read := func(object string) int {
		return c.send(http.MethodGet, "http://"+environment["STORAGE_EMULATOR_HOST"]+"/storage/v1/b/source/o/"+url.PathEscape(object)+"?alt=media", "")
	}
	if code := read("elections/1/election.yaml"); code != http.StatusForbidden {
		t.Errorf("without a grant: %d", code)
	}
	condition := readFile(t, filepath.Join("modules", "function", "main.tf"))
	if !strings.Contains(condition, `startsWith(\"projects/_/buckets/${var.source_bucket}/objects/elections/\")`) {
		t.Error("the module's grant isn't the one that is tried here")
	}
	must(http.MethodPut, "/storage/v1/b/source/iam", fmt.Sprintf(`{"bindings":[{"role":"roles/storage.objectViewer","members":["serviceAccount:dashboard@%s.iam.gserviceaccount.com"],
		"condition":{"title":"Election files","expression":"resource.name.startsWith(\"projects/_/buckets/source/objects/elections/\")"}}]}`, electionProject))
	if code := read("tallystream.zip"); code != http.StatusForbidden {
		t.Errorf("the archive: %d", code)
	}
	for object, want := range map[string]string{"election.yaml": "", "other.yaml": "there is no such object"} {
		environment["ELECTION_FILE"] = "gs://source/elections/1/" + object
		env := config.From(config.FromMap(environment))
		e := electionfile.From(env)
		if err := env.Err(); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", object, err, want)
		}
		if want == "" && (e.ID != "harbourton" || !strings.Contains(e.Map.Outlines.Data, `"FeatureCollection"`)) {
			t.Errorf("%s: the election is %+v", object, e)
		}
	}
}
