package catalog

import (
	"fmt"
	"strings"
	"testing"
)

func TestLabels(t *testing.T) {
	long := strings.Repeat("a", mostOfLabel)
	for label, valid := range map[[2]string]bool{
		{"a", ""}: true, {"a-1_b", "1-x_"}: true, {"wähler", "選挙"}: true, {long, long}: true, {"a", "_-"}: true,
		{"", "x"}: false, {"1a", "x"}: false, {"_a", "x"}: false, {"A", "x"}: false, {"a.b", "x"}: false, {long + "a", ""}: false,
		{"a", "X"}: false, {"a", "b c"}: false, {"a", long + "a"}: false, {"a", "\xff"}: false,
	} {
		if err := CheckLabels(map[string]string{label[0]: label[1]}); (err == nil) != valid {
			t.Errorf("%.9q: %v, want valid = %v", label, err, valid)
		}
	}
	many := map[string]string{}
	for i := range mostLabels {
		many[fmt.Sprintf("a%d", i)] = ""
	}
	if err := CheckLabels(many); err != nil {
		t.Error(err)
	}
	many["b"] = ""
	if err := CheckLabels(many); err == nil {
		t.Errorf("%d labels are taken", len(many))
	}
}

func TestDescriptions(t *testing.T) {
	if err := CheckDescription("a table", strings.Repeat("ü", mostOfDescription)); err != nil {
		t.Error(err)
	}
	if err := CheckDescription("a table", strings.Repeat("u", mostOfDescription+1)); err == nil || !strings.Contains(err.Error(), "a table has 16385 characters") {
		t.Errorf("a long description: %v", err)
	}
	if err := CheckColumnDescription("c", strings.Repeat("ü", mostOfColumn)); err != nil {
		t.Error(err)
	}
	if err := CheckColumnDescription("c", strings.Repeat("u", mostOfColumn+1)); err == nil || !strings.Contains(err.Error(), "column c") {
		t.Errorf("a long description of a column: %v", err)
	}
}
