package bucket

import (
	"io"
	"io/fs"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
)

func TestFolder(t *testing.T) {
	f := Folder(t.TempDir())
	for _, name := range []string{"b/2.csv", "b/1.csv", "b/10.json", "c.csv", "b/deep/3.csv"} {
		if err := Write(f, Object{"votes", name}, []byte(name)); err != nil {
			t.Fatal(err)
		}
	}
	for uri, want := range map[string]string{
		"gs://votes/c.csv":     "c.csv",
		"gs://votes/b/*.csv":   "b/1.csv b/2.csv b/deep/3.csv",
		"gs://votes/*":         "b/1.csv b/10.json b/2.csv b/deep/3.csv c.csv",
		"gs://votes/b/1*":      "b/1.csv b/10.json",
		"gs://votes/b/1.csv*":  "b/1.csv",
		"gs://votes/nope.csv":  "Not found: URI gs://votes/nope.csv",
		"gs://votes/b":         "Not found: URI gs://votes/b",
		"gs://votes/x*":        "Not found: URI gs://votes/x*",
		"gs://nope/*":          "Not found: URI gs://nope/*",
		"gs://votes/*/*":       "one wildcard",
		"gs://votes":           "must be a Google Cloud Storage location",
		"s3://votes/c.csv":     "must be a Google Cloud Storage location",
		"gs://votes/../../etc": "Not found: URI gs://votes/../../etc",
		"gs://../*":            "no object of the name gs://../",
	} {
		var names []string
		o, err := Parse(uri)
		if err == nil {
			var found []Object
			found, err = Find(f, o)
			for _, x := range found {
				names = append(names, x.Name)
				if data, err := Read(f, x); err != nil || string(data) != x.Name {
					t.Errorf("%s has %q, %v", x, data, err)
				}
			}
		}
		got := strings.Join(names, " ")
		if err != nil {
			got = err.Error()
		}
		if err == nil && got != want || !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", uri, got, want)
		}
	}
}

// What a folder can't keep is refused by name, and none of it is written outside.
func TestOutside(t *testing.T) {
	for _, o := range []Object{{"votes", "../../x"}, {"..", "x"}, {"votes", "/x"}} {
		_, read := Read(Folder(t.TempDir()), o)
		for _, err := range []error{read, Write(Folder(t.TempDir()), o, nil)} {
			if err == nil || !strings.Contains(err.Error(), "no object of the name "+o.String()) {
				t.Errorf("%s: got %v, want a refusal", o, err)
			}
		}
	}
}

// without is a folder that makes no buckets, as Cloud Storage doesn't.
type without struct{ Folder }

func (without) Create(string, string, io.Reader) error { return fs.ErrNotExist }

func TestNoBucket(t *testing.T) {
	err := Write(without{}, Object{"nowhere", "x"}, nil)
	if !bqerror.IsNotFound(err) || err.Error() != "Not found: Bucket nowhere" {
		t.Errorf("got %v", err)
	}
}

func TestNoStorage(t *testing.T) {
	o := Object{"votes", "c.csv"}
	_, read := Read(nil, o)
	_, found := Find(nil, o)
	for _, err := range []error{read, found, Write(nil, o, nil)} {
		if err == nil || !strings.Contains(err.Error(), "gs://votes/c.csv") || !strings.Contains(err.Error(), "-buckets") {
			t.Errorf("got %v, want a refusal that names the object and the remedy", err)
		}
	}
}
