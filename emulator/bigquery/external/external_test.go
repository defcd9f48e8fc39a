package external

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bucket"
)

// Names have keys and values, whose types are found or declared.
func TestKeys(t *testing.T) {
	for _, test := range []struct {
		mode, prefix string
		names        []string
		want         string // the schema and the first row, or part of the error
	}{
		{"AUTO", "gs://b/t", []string{"day=2026-11-03/n=1/x", "day=2026-11-04/n=2/x"}, "v STRING, day DATE, n INTEGER: a 2026-11-03 1"},
		{"AUTO", "gs://b/t/", []string{"n=1/x", "n=one/x"}, "v STRING, n STRING: a 1"},
		{"AUTO", "gs://b/t/", []string{"n=__HIVE_DEFAULT_PARTITION__/x", "n=a/x"}, "v STRING, n STRING: a <nil>"},
		{"STRINGS", "gs://b/t/", []string{"n=1/k=a%20b/x"}, "v STRING, n STRING, k STRING: a 1 a b"},
		{"CUSTOM", "gs://b/t/{N:FLOAT64}", []string{"n=1/x"}, "v STRING, N FLOAT: a 1"},
		{"CUSTOM", "gs://b/t/{n:DATE}", []string{"n=1/x"}, "error: The value of n in the name gs://b/t/n=1/x"},
		{"CUSTOM", "gs://b/t/{n:JSON}", []string{"n=1/x"}, "error: The key n in sourceUriPrefix can't be of type JSON"},
		{"CUSTOM", "gs://b/t", []string{"n=1/x"}, "error: The sourceUriPrefix gs://b/t of hivePartitioningOptions declares no key"},
		{"AUTO", "gs://b/other", []string{"n=1/x"}, "error: The sourceUriPrefix gs://b/other of hivePartitioningOptions doesn't begin gs://b/t/*"},
		{"AUTO", "gs://b/t", []string{"n=1/x", "m=1/x"}, "error: The name gs://b/t/n=1/x has other keys"},
		{"AUTO", "gs://b/t", []string{"v=1/x"}, "error: The column v is in the files and in their names"},
		{"SOME", "gs://b/t", []string{"n=1/x"}, `error: Invalid mode "SOME"`},
	} {
		folder := t.TempDir()
		for _, name := range test.names {
			path := filepath.Join(folder, "b", "t", filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte("a\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		got, err := described(t, Reader{Storage: bucket.Folder(folder)}, &bqv2.ExternalDataConfiguration{
			SourceFormat: "csv", SourceUris: []string{"gs://b/t/*"},
			HivePartitioningOptions: &bqv2.HivePartitioningOptions{Mode: test.mode, SourceUriPrefix: test.prefix},
		})
		if err != nil {
			got = "error: " + err.Error()
		}
		if failed := strings.HasPrefix(test.want, "error"); got != test.want && !(failed && strings.HasPrefix(got, test.want)) {
			t.Errorf("%s %s of %v:\n got %s\nwant %s", test.mode, test.prefix, test.names, got, test.want)
		}
	}
}

// described is the schema of a table and its first row.
func described(t *testing.T, r Reader, c *bqv2.ExternalDataConfiguration) (string, error) {
	t.Helper()
	if err := Complete(c); err != nil {
		return "", err
	}
	schema, err := r.Schema(t.Context(), c, []*bqv2.TableFieldSchema{{Name: "v", Type: "STRING"}})
	if err != nil {
		return "", err
	}
	f, err := r.Fetch(c)
	if err != nil {
		return "", err
	}
	rows, err := r.Read(t.Context(), c, f, schema)
	if err != nil {
		return "", err
	}
	columns := make([]string, len(schema))
	for i, f := range schema {
		columns[i] = f.Name + " " + f.Type
	}
	return strings.Join(columns, ", ") + ": " + strings.Trim(fmt.Sprint(rows[0].Values[0]), "[]"), nil
}
