package terraform

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/shared/election"
)

// A plan refuses a field that no election has, and takes all that there are.
func TestElectionFileTakesEveryField(t *testing.T) {
	block := moduleIn(t, ".").block(t, "variable", "election_file")
	source := readFile(t, block.DefRange().Filename)[block.DefRange().Start.Byte:endOf(block)]
	list := regexp.MustCompile(`\["id", [^\]]*\]`).FindString(source)
	var taken []string
	for _, quoted := range regexp.MustCompile(`"([a-z_]+)"`).FindAllStringSubmatch(list, -1) {
		taken = append(taken, quoted[1])
	}
	var fields []string
	for field := range reflect.TypeFor[election.Election]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		fields = append(fields, name)
		if said := regexp.MustCompile(`the fields are [^"]*`).FindString(source); !regexp.MustCompile(`\b` + name + `\b`).MatchString(said) {
			t.Errorf("the message doesn't name the field %s: %s", name, said)
		}
	}
	slices.Sort(taken)
	slices.Sort(fields)
	if diff := cmp.Diff(fields, taken); diff != "" {
		t.Errorf("election_file takes other fields than an election has (-an election, +election_file):\n%s", diff)
	}
}
