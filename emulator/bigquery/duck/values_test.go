package duck

import (
	"math/big"
	"testing"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// A NUMERIC is the same by the short way and by the long one.
func TestParseDecimal(t *testing.T) {
	for text, want := range map[string]string{
		"0": "0", "-0": "0", "1": "1000000000", "-1.5": "-1500000000", "0.000000001": "1", "999999999.999999999": "999999999999999999", "12.": "12000000000",
		"-999999999.999999999": "-999999999999999999", "1000000000": "1000000000000000000", "0.0000000005": "1", "1e3": "1000000000000", ".5": "500000000", "007": "7000000000",
	} {
		got, err := parseDecimal(text, types.Of(types.Numeric))
		if n, _ := new(big.Int).SetString(want, 10); err != nil || got.(duckdb.Decimal).Value.Cmp(n) != 0 {
			t.Errorf("%s is %v, %v; want %s billionths", text, got, err, want)
		}
	}
	for _, text := range []string{"", "-", ".", "1.2.3", "--1", "1-", "x", "1/2", "0x1"} {
		if got, err := parseDecimal(text, types.Of(types.Numeric)); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}
