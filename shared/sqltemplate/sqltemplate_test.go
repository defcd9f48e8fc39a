package sqltemplate

import (
	"strings"
	"testing"
	"testing/fstest"
	"text/template"
)

// warehouse is a dialect with a statement of all kinds that includes what it writes itself.
var warehouse = Dialect{
	Files: fstest.MapFS{
		"sql/turnout.sql":       {Data: []byte("SELECT * FROM (\n{{include \"counted\" . | indent 2}}\n) AS r\n")},
		"sql/counted.sql":       {Data: []byte("SELECT 0")},
		"sql/kind/counted.sql":  {Data: []byte("\nSELECT {{.column}},\n  {{hour \"voted_at\"}}\n")},
		"sql/kind/broken.sql":   {Data: []byte("{{if}}")},
		"sql/kind/unknown.sql":  {Data: []byte("{{minute \"voted_at\"}}")},
		"sql/kind/inexact.sql":  {Data: []byte("{{include \"nothing\" .}}")},
		"sql/other/nothing.sql": {Data: []byte("SELECT 1")},
	},
	Folder:      "sql/kind",
	Expressions: template.FuncMap{"hour": func(x string) string { return "hour_of(" + x + ")" }},
}

// A file of one kind stands for that of all, and what is included gets the data.
func TestText(t *testing.T) {
	const want = "SELECT * FROM (\n  SELECT candidate,\n    hour_of(voted_at)\n) AS r"
	if got := warehouse.Text("turnout", map[string]string{"column": "candidate"}); got != want {
		t.Errorf("the statement is\n%s\nwant\n%s", got, want)
	}
}

// What is no statement panics, and says which file it is.
func TestTextOfNoStatement(t *testing.T) {
	for _, name := range []string{"broken", "unknown", "inexact", "nothing"} {
		func() {
			defer func() {
				if said := recover(); said == nil {
					t.Errorf("%s.sql has a text", name)
				} else if err, is := said.(error); is && !strings.Contains(err.Error(), name) {
					t.Errorf("%s.sql: %v", name, err)
				}
			}()
			warehouse.Text(name, nil)
		}()
	}
}

// An argument that is a sum is one operand of what an expression makes of it, and so is what it
// makes in the expression around it.
func TestCompoundArguments(t *testing.T) {
	files := fstest.MapFS{
		"sql/ratio.sql":    {Data: []byte(`8 / {{ratio "a + b" "c + d"}}`)},
		"sql/quotient.sql": {Data: []byte(`8 / {{quotient "a + b" "c + d"}}`)},
		"sql/integer.sql":  {Data: []byte(`{{integer "a + b"}}`)},
	}
	d := PostgreSQL(files, "sql/postgres", nil)
	for name, want := range map[string]string{
		"ratio":    "8 / ((a + b)::double precision / nullif(c + d, 0)::double precision)",
		"quotient": "8 / ((a + b) / (c + d))",
		"integer":  "(a + b)::bigint",
	} {
		if got := d.Text(name, nil); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}
