package aggregate

import (
	"io/fs"
	"path"
	"strings"
	"testing"
)

// Every statement is whole: what it shares with others is put in, and no
// fragment is left that nobody uses.
func TestStatementsAreWhole(t *testing.T) {
	files, err := fs.Glob(sqlFiles, "sql/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, file := range files {
		name := strings.TrimSuffix(path.Base(file), ".sql")
		if s := Statement(name); strings.Contains(s, include) {
			t.Errorf("%s has a fragment that isn't put in:\n%s", name, s)
		}
		all.WriteString(read(name))
	}
	fragments, err := fs.Glob(sqlFiles, "sql/include/*.sql")
	if err != nil || len(fragments) == 0 {
		t.Fatalf("%d fragments (%v)", len(fragments), err)
	}
	for _, file := range fragments {
		if name := strings.TrimSuffix(path.Base(file), ".sql"); !strings.Contains(all.String(), include+name+"\n") {
			t.Errorf("no statement includes %s", name)
		}
	}
	const want = `  SELECT 'votes' AS source, kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, ingested_at
  FROM raw.votes
`
	if s := Statement("poll"); !strings.Contains(s, want) {
		t.Errorf("the fragment isn't indented as the line that it stands for:\n%s", s)
	}
}
