package ledger

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestFileKeepsEverything(t *testing.T) {
	name := filepath.Join(t.TempDir(), "ledger.json")
	want := small()
	if err := want.WriteFile(name); err != nil {
		t.Fatal(err)
	}
	got, err := ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Ledger{})); diff != "" {
		t.Errorf("ledger (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(texts(want.Tables(plain)), texts(got.Tables(plain))); diff != "" {
		t.Errorf("tables (-want +got):\n%s", diff)
	}
}

func TestFileOfSomethingElse(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{`hello`, "not a ledger"},
		{`{"books":{}}`, "not a ledger of version 1"},
		{`{"tallystream_ledger":2}`, "tallystream_ledger is 2"},
		{`{"tallystream_ledger":1,"votes":[{"p":3,"o":9}]}`, "offset 9 names partition 3 of 0"},
	} {
		if _, err := Read(strings.NewReader(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Read(%s): got %v, want an error that says %q", tt.text, err, tt.want)
		}
	}
	if _, err := ReadFile("no/such/file"); err == nil {
		t.Error("a missing file is read without an error")
	}
	if err := small().WriteFile("no/such/folder/file"); err == nil {
		t.Error("a file in a missing folder is written without an error")
	}
}

func TestWriteIsStable(t *testing.T) {
	var a, b bytes.Buffer
	if err := small().Write(&a); err != nil {
		t.Fatal(err)
	}
	if err := small().Write(&b); err != nil {
		t.Fatal(err)
	}
	if a.String() != b.String() {
		t.Error("one ledger is written in two ways")
	}
	if !strings.Contains(a.String(), `"totals":[{"candidate":"a","votes":1}`) {
		t.Errorf("the file doesn't begin with the result:\n%s", a.String())
	}
}
