package terraform

import (
	"maps"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/shared/drain"
)

// operations are the jobs that a person gives a body and runs, and what reads the body.
var operations = map[string]func(body string) error{
	drain.RebuildJob: func(body string) error {
		_, err := drain.ReadAggregate(httptest.NewRecorder(), httptest.NewRequest("POST", "/", strings.NewReader(body)))
		return err
	},
	drain.BackfillJob: func(body string) error {
		_, err := drain.ReadBridge(httptest.NewRecorder(), httptest.NewRequest("POST", "/", strings.NewReader(body)))
		return err
	},
}

// The jobs of Terraform are those that the local command runs.
func TestOperationJobs(t *testing.T) {
	root := moduleIn(t, ".")
	made := root.object(t, root.block(t, "module", "schedules").Body.Attributes["operations"].Expr)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(operations)), slices.Sorted(maps.Keys(made))); diff != "" {
		t.Errorf("jobs of shared/drain (-) and of schedules.tf (+):\n%s", diff)
	}
}

var (
	onJob = regexp.MustCompile(`gcloud scheduler jobs (update http|run|pause|resume|describe) ([a-z0-9-]+)`)
	body  = regexp.MustCompile(`jobs update http ([a-z]+)[^']*--message-body '([^']+)'`)
)

// The commands of the documentation name jobs that there are, and give them bodies that
// the functions take.
func TestOperationsOfTheDocumentation(t *testing.T) {
	known := append(slices.Collect(maps.Keys(operations)), "aggregate", "bridge-00")
	given := map[string]int{}
	for _, file := range []string{"../docs/operations.md", "../docs/deploy.md"} {
		text := readFile(t, file)
		for _, m := range onJob.FindAllStringSubmatch(text, -1) {
			if !slices.Contains(known, m[2]) {
				t.Errorf("%s: %s: there is no such job", file, m[0])
			}
		}
		for _, m := range body.FindAllStringSubmatch(text, -1) {
			read := operations[m[1]]
			if read == nil {
				t.Errorf("%s gives %s a body, and it isn't for that", file, m[1])
				continue
			}
			given[m[1]]++
			if err := read(m[2]); err != nil {
				t.Errorf("%s: the function refuses %s: %v", file, m[2], err)
			}
			if !strings.Contains(m[2], `"operation"`) {
				t.Errorf("%s: the log can't be searched for %s", file, m[2])
			}
		}
	}
	for job := range operations {
		if given[job] == 0 {
			t.Errorf("no command gives %s a body", job)
		}
	}
}
