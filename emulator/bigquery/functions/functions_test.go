package functions_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/emulator/bigquery/duck"
	"github.com/tallystream/tallystream/emulator/bigquery/functions"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/cases"
)

// Each function has a case in the file of cases beside the Go file that registers
// it, and each section of cases is a function's. Package sqltest runs the cases.
func TestEveryFunctionHasACase(t *testing.T) {
	files, err := cases.Files(".")
	if err != nil {
		t.Fatal(err)
	}
	beside := map[string]string{} // function → file of its cases
	for _, file := range files {
		list, err := cases.Read(file)
		if err != nil {
			t.Fatal(err)
		}
		code, err := os.ReadFile(strings.TrimSuffix(file, ".cases") + ".go")
		if err != nil {
			t.Fatalf("cases lie beside the file of their functions: %v", err)
		}
		for _, c := range list {
			if c.Function == "cast" || c.Function == "safe_cast" {
				continue
			}
			beside[c.Function] = file
			if !strings.Contains(string(code), strconv.Quote(c.Function)+":") {
				t.Errorf("%s has a section for %s, which the Go file beside it doesn't register", file, c.Function)
			}
		}
	}
	for _, name := range functions.All.Names() {
		if beside[name] == "" {
			t.Errorf("%s has no case: write one into the .cases file beside the Go file that registers it", name)
		}
		delete(beside, name)
	}
	for name, file := range beside {
		t.Errorf("%s has a section for %s, which is no function", file, name)
	}
}

// Each Go file that registers functions is one group with cases.
func TestEveryGroupHasCases(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("*", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, file := range files {
		code, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, "_test.go") || !strings.Contains(string(code), "map[string]function.") {
			continue
		}
		checked++
		if _, err := os.Stat(strings.TrimSuffix(file, ".go") + ".cases"); err != nil {
			t.Errorf("%s registers functions and has no cases: %v", file, err)
		}
	}
	if checked == 0 {
		t.Error("no file registers functions")
	}
}

// DuckDB accepts all that the translations call.
func TestInstall(t *testing.T) {
	db, err := duck.Open("", 1)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := functions.All.Install(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	for sql, want := range map[string]string{
		"SELECT bq_trim(' x ', 'trim')":                                            "x",
		"SELECT CAST(bq_numeric_div(1, 3) AS VARCHAR)":                             "0.333333333",
		"SELECT CAST(bq_numeric_sub(CAST('1' AS DECIMAL(38,9)), 0.25) AS VARCHAR)": "0.750000000",
		"SELECT CAST(bq_numeric_int(-2.5) AS VARCHAR)":                             "-3",
		"SELECT CAST(bq_safe_string_to_int('x') IS NULL AS VARCHAR)":               "true",
		"SELECT CAST(bq_numeric_add(sum(DISTINCT x) FILTER (WHERE x < 5), 0) AS VARCHAR) FROM (VALUES (1::DECIMAL(38,9)), (1), (2), (5)) AS v(x)":   "3.000000000",
		"SELECT CAST(bq_numeric_add(sum(x) OVER (ORDER BY x DESC), 0) AS VARCHAR) FROM (VALUES (1::DECIMAL(38,9)), (2)) AS v(x) ORDER BY x LIMIT 1": "3.000000000",
		"SELECT CAST(bq_numeric_div(sum(x), count(x)) AS VARCHAR) FROM (VALUES (1::DECIMAL(38,9)), (2), (NULL)) AS v(x)":                            "1.500000000",
		"SELECT CAST(bq_round(2.5::DOUBLE, 0) AS VARCHAR)":                                "3.0",
		"SELECT bq_json_value('{\"a\": [1]}', '$.a[0]')":                                  "1",
		"SELECT bq_format_time('%F', TIMESTAMP '2024-02-29', 'UTC', 'DATE')":              "2024-02-29",
		"SELECT CAST(bq_string_to_timestamp('2024-01-02 03:04:05+02', 'UTC') AS VARCHAR)": "2024-01-02 01:04:05",
		"SELECT bq_interval_to_string(bq_interval(bq_string_to_interval('1-2 3 4:5:6')))": "1-2 3 4:5:6",
	} {
		var got string
		if err := db.QueryRowContext(t.Context(), sql).Scan(&got); err != nil || got != want {
			t.Errorf("%s = %q, %v; want %q", sql, got, err, want)
		}
	}
	for sql, want := range map[string]string{
		"SELECT bq_numeric_add(sum(x), 0) FROM (VALUES ('99999999999999999999999999999'::DECIMAL(38,9)), (1)) AS v(x)":                               "numeric overflow",
		"SELECT bq_numeric_add(sum(x), 0) FROM (VALUES ('99999999999999999999999999999'::DECIMAL(38,9)), ('99999999999999999999999999999')) AS v(x)": "numeric overflow: SUM",
	} {
		_, err := db.ExecContext(t.Context(), sql)
		if err = duck.AsBigQuery(err); err == nil || err.Error() != want {
			t.Errorf("%s fails with %v, want %s", sql, err, want)
		}
	}
	var null *string
	if err := db.QueryRowContext(t.Context(), "SELECT bq_trim(NULL, 'trim')").Scan(&null); err != nil || null != nil {
		t.Errorf("NULL in, %v out, %v", null, err)
	}
	_, err = db.ExecContext(t.Context(), "SELECT bq_string_to_int('x')")
	if err = duck.AsBigQuery(err); err == nil || err.Error() != "Bad int64 value: x" {
		t.Errorf("error = %v", err)
	}
}
