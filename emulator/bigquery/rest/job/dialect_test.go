package job

import (
	"strings"
	"testing"
)

func TestCheckDialect(t *testing.T) {
	yes, no := true, false
	for _, test := range []struct {
		sql    string
		legacy *bool
		want   string // part of the error, "" for none
	}{
		{"SELECT 1", nil, ""},
		{"SELECT 1", &no, ""},
		{"SELECT 1", &yes, "Legacy SQL (set useLegacySql to false)"},
		{"#legacySQL\nSELECT 1", nil, "Legacy SQL (#legacySQL)"},
		{"\n #LEGACYsql\r\nSELECT 1", nil, "Legacy SQL (#legacySQL)"},
		{"#legacySQL\nSELECT 1", &yes, "Legacy SQL (#legacySQL)"},
		{"#legacySQL\nSELECT 1", &no, "Query text specifies use_legacy_sql:true, while API options specify:false"},
		{"#standardSQL\nSELECT 1", nil, ""},
		{"#standardSQL\nSELECT 1", &no, ""},
		{"#standardSQL\nSELECT 1", &yes, "Query text specifies use_legacy_sql:false, while API options specify:true"},
		{"#legacySQL is what this isn't\nSELECT 1", nil, ""},
		{"SELECT a FROM [p:d.t]", nil, "the table [p:d.t]"},
		{"SELECT a FROM x.y, [my-project:d.t$20240101]", nil, "the table [my-project:d.t$20240101]"},
		{"SELECT a FROM\n[d.t@-3600000-] WHERE a", nil, "the table [d.t@-3600000-]"},
		{"SELECT a FROM [p:d.t]", &no, ""}, // which GoogleSQL's own error explains
		{"SELECT 'FROM [p:d.t]', \"\"\"it's [p:d.t]\"\"\", r'\\' -- from [d.t]\nFROM UNNEST([1]) /* [p:d.t] */", nil, ""},
		{"#standardSQL\nSELECT a FROM [p:d.t]", nil, ""},
		{"SELECT [a.b], x[0], ARRAY[f.g] FROM d.t, UNNEST([d.t])", nil, ""},
	} {
		err := CheckDialect(test.sql, test.legacy)
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: %v, want %q", test.sql, err, test.want)
		}
	}
}
