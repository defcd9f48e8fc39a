package sqltest

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the answers in testdata with the engine's")

// TestAnswers runs the statements in testdata. Each line is a query and, after
// " => ", its rows as Go prints them, or its error; lines of a file share an
// engine. Answers follow BigQuery's documentation.
func TestAnswers(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no testdata: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			e := open(t, Options{})
			createDataset(t, e)
			in, err := os.Open(file)
			if err != nil {
				t.Fatal(err)
			}
			defer in.Close()
			var answers strings.Builder
			lines := bufio.NewScanner(in)
			for lines.Scan() {
				sql, want, _ := strings.Cut(lines.Text(), " => ")
				got := answer(e, sql)
				fmt.Fprintf(&answers, "%s => %s\n", sql, got)
				if got != want && !*update {
					t.Errorf("%s\n got %s\nwant %s", sql, got, want)
				}
			}
			if err := lines.Err(); err != nil {
				t.Fatal(err)
			}
			if *update {
				if err := os.WriteFile(file, []byte(answers.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// answer is a result on one line.
func answer(e *Engine, sql string) string {
	res, err := e.Query(context.Background(), Query{SQL: sql, Project: "p"})
	switch {
	case err != nil:
		return "error: " + strings.ReplaceAll(err.Error(), "\n", " ")
	case res.Rows == nil && res.DML != nil:
		return fmt.Sprintf("inserted %d, updated %d, deleted %d", res.DML.InsertedRowCount, res.DML.UpdatedRowCount, res.DML.DeletedRowCount)
	case res.Rows == nil:
		return res.StatementType
	}
	return fmt.Sprint(res.Rows.Values)
}
