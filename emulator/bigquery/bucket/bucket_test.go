package bucket

import (
	"slices"
	"strings"
	"testing"
)

func TestFolder(t *testing.T) {
	f := Folder(t.TempDir())
	for _, name := range []string{"b/2.csv", "b/1.csv", "b/10.json", "c.csv", "b/deep/3.csv"} {
		if err := f.Write(Object{"votes", name}, []byte(name)); err != nil {
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
		"gs://votes/../../etc": "no object of the name",
	} {
		var names []string
		o, err := Parse(uri)
		if err == nil {
			var found []Object
			found, err = f.Find(o)
			for _, x := range found {
				names = append(names, x.Name)
				if data, err := f.Read(x); err != nil || string(data) != x.Name {
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

func TestNoFolder(t *testing.T) {
	o := Object{"votes", "c.csv"}
	_, read := Folder("").Read(o)
	_, found := Folder("").Find(o)
	for _, err := range []error{read, found, Folder("").Write(o, nil)} {
		if err == nil || !strings.Contains(err.Error(), "gs://votes/c.csv") || !strings.Contains(err.Error(), "-buckets") {
			t.Errorf("got %v, want a refusal that names the object and the remedy", err)
		}
	}
	if slices.Contains([]error{read, found}, nil) {
		t.Error("read without a folder")
	}
}
