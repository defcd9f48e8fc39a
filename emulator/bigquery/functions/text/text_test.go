package text

import (
	"database/sql/driver"
	"testing"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// DuckDB's printf gets what it formats as BigQuery does, and nothing else.
func TestPlainFormats(t *testing.T) {
	integer, text, float := types.Of(types.Int64), types.Of(types.String), types.Of(types.Float64)
	for _, test := range []struct {
		pattern string
		args    []*types.Type
		want    bool
	}{
		{"%017d/%3d %s%%", []*types.Type{integer, integer, text}, true},
		{"%d", []*types.Type{text}, false},
		{"%s", []*types.Type{integer}, false},
		{"%d", []*types.Type{float}, false},
		{"%d %d", []*types.Type{integer}, false},
		{"%d", []*types.Type{integer, integer}, false},
		{"100%%", nil, false},
		{"%", nil, false},
		{"%d%", []*types.Type{integer}, false},
		{"%-5d", []*types.Type{integer}, false},
		{"%0d", []*types.Type{integer}, false},
		{"%5s", []*types.Type{text}, false},
		{"%d %t", []*types.Type{integer, integer}, false},
	} {
		if got := plain(test.pattern, test.args); got != test.want {
			t.Errorf("plain(%q, %v) = %v", test.pattern, test.args, got)
		}
	}
}

// Arguments of FORMAT come in pairs: a type, and the value as text.
func TestFormat(t *testing.T) {
	for _, test := range []struct {
		format string
		args   []driver.Value
		want   any
	}{
		{"100%%", nil, "100%"},
		{"%5d|%-5d|%05d|%+d|% d", []driver.Value{"INT64", "42", "INT64", "42", "INT64", "-42", "INT64", "42", "INT64", "42"}, "   42|42   |-0042|+42| 42"},
		{"%.3d %'d", []driver.Value{"INT64", "7", "INT64", "-1234567"}, "007 -1,234,567"},
		{"%x %#X %o", []driver.Value{"INT64", "255", "INT64", "255", "INT64", "-8"}, "ff 0XFF -10"},
		{"%.2f %e %g %F", []driver.Value{"FLOAT64", "3.14159", "FLOAT64", "1234.5", "FLOAT64", "0.0001", "FLOAT64", "NaN"}, "3.14 1.234500e+03 0.0001 NAN"},
		{"%.1f", []driver.Value{"NUMERIC", "12345678901234567890.25"}, "12345678901234567890.3"},
		{"%*.*s|", []driver.Value{"INT64", "-5", "INT64", "2", "STRING", "héllo"}, "hé   |"},
		{"%t %T", []driver.Value{"FLOAT64", "1", "STRING", `a"b`}, `1.0 'a"b'`},
		{"%T", []driver.Value{"BYTES", "61ff"}, `b"a\xff"`},
		{"%T", []driver.Value{"ARRAY<STRUCT<a INT64, b DATE>>", `[["1","2024-01-02"]]`}, `[(1, DATE "2024-01-02")]`},
		{"%s", []driver.Value{"STRING", nil}, nil},
		{"%t", []driver.Value{"STRING", nil}, "NULL"},
		{"%d", nil, `Too few arguments to FORMAT for pattern "%d"`},
		{"x", []driver.Value{"INT64", "1"}, `Too many arguments to FORMAT for pattern "x"`},
		{"%", nil, `Invalid format specifier at the end of "%"`},
		{"%d", []driver.Value{"STRING", "x"}, `FORMAT %d needs an integer, not "x"`},
		{"%k", []driver.Value{"INT64", "1"}, `Invalid format specifier character 'k' in FORMAT string: "%k"`},
	} {
		got, err := (&formatter{format: test.format, args: test.args}).run()
		if err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("FORMAT(%q) = %v, want %v", test.format, got, test.want)
		}
	}
}

func TestTemplates(t *testing.T) {
	for in, want := range map[string]string{`\1-$x\\`: `${1}-$$x\`, `\0`: `${0}`} {
		if got, err := goTemplate(in, 1); err != nil || got != want {
			t.Errorf("%s becomes %s, %v; want %s", in, got, err, want)
		}
	}
	for _, bad := range []string{`\`, `\x`, `\2`} {
		if got, err := goTemplate(bad, 1); err == nil {
			t.Errorf("%s becomes %s", bad, got)
		}
	}
}

func TestInstr(t *testing.T) {
	for _, test := range []struct {
		s, sub      string
		position, n int64
		want        any
	}{
		{"banana", "an", 1, 1, int64(2)}, {"banana", "an", 3, 1, int64(4)}, {"banana", "an", -1, 1, int64(4)},
		{"banana", "an", -1, 2, int64(2)}, {"banana", "x", 1, 1, int64(0)}, {"banana", "", 1, 1, int64(1)}, {"héh", "h", 2, 1, int64(3)},
	} {
		if got, err := instr([]rune(test.s), []rune(test.sub), test.position, test.n); err != nil || got != test.want {
			t.Errorf("%+v: %v, %v", test, got, err)
		}
	}
	if got, err := instr(nil, nil, 0, 1); err == nil {
		t.Errorf("at position 0: %v", got)
	}
}

func TestSoundex(t *testing.T) {
	for word, want := range map[string]string{"Robert": "R163", "Rupert": "R163", "Ashcraft": "A261", "Tymczak": "T522", "Pfister": "P236", "": "", "12": ""} {
		if got := soundex(word); got != want {
			t.Errorf("soundex(%s) = %s, want %s", word, got, want)
		}
	}
}
