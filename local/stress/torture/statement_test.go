package torture

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWorth(t *testing.T) {
	statements := []Statement{
		{1, "BEGIN TRANSACTION"}, {1, "-- What is new.\nCREATE TEMP TABLE fresh AS\nSELECT 1"}, {1, "MERGE INTO core.voters AS t\nUSING x"}, {1, "COMMIT TRANSACTION"},
		{2, "BEGIN TRANSACTION"}, {2, "-- What is new.\nCREATE TEMP TABLE fresh AS\nSELECT 1"}, {2, "MERGE INTO core.voters AS t\nUSING x"},
		{2, "CREATE TEMP TABLE published AS\nSELECT 2"}, {2, "COMMIT TRANSACTION"},
	}
	want := []bool{true, true, true, true, false, false, true, true, true}
	if diff := cmp.Diff(want, Worth(statements)); diff != "" {
		t.Errorf("Worth (-want +got):\n%s", diff)
	}
	want = []bool{true, true, true, false, false, false, false, true, true}
	if diff := cmp.Diff(want, Once(statements, Worth(statements))); diff != "" {
		t.Errorf("Once (-want +got):\n%s", diff)
	}
	if got, want := statements[2].Name(), "MERGE INTO core.voters"; got != want {
		t.Errorf("Name = %q, want %q", got, want)
	}
}
