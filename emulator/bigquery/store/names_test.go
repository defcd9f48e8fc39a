package store

import (
	"strings"
	"testing"

	bqv2 "google.golang.org/api/bigquery/v2"
)

func TestNames(t *testing.T) {
	long := strings.Repeat("x", mostOfID)
	for id, valid := range map[string]bool{"a_1": true, long: true, "": false, "a-b": false, "a.b": false, "ä": false, long + "x": false} {
		if err := checkDatasetID(id); (err == nil) != valid {
			t.Errorf("dataset %.9q: %v, want valid = %v", id, err, valid)
		}
	}
	for id, valid := range map[string]bool{
		"a_1": true, "Wähler-Liste 2": true, "選挙": true, long: true,
		"": false, "a.b": false, "a$b": false, "a@1": false, "a/b": false, long + "x": false, "a\xff": false,
	} {
		if err := checkTableID(id); (err == nil) != valid {
			t.Errorf("table %.9q: %v, want valid = %v", id, err, valid)
		}
	}
	for name, valid := range map[string]bool{
		"a": true, "_a1": true, "a-b": true, "Stimmen ü": true, "1a": true, strings.Repeat("ü", mostOfColumn): true,
		"": false, "a.b": false, "a*": false, "_partitiontime": false, "_TABLE_suffix": false, strings.Repeat("a", mostOfColumn+1): false,
	} {
		if err := checkColumns([]*bqv2.TableFieldSchema{{Name: name, Type: "STRING"}}); (err == nil) != valid {
			t.Errorf("column %.9q: %v, want valid = %v", name, err, valid)
		}
	}
	nested := []*bqv2.TableFieldSchema{{Name: "s", Type: "RECORD", Fields: []*bqv2.TableFieldSchema{{Name: "a"}, {Name: "A"}}}}
	if err := checkColumns(nested); err == nil || !strings.Contains(err.Error(), "Duplicate") {
		t.Errorf("two fields of a name: %v", err)
	}
}
