package duck

import (
	"strconv"
	"strings"
	"time"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// layouts are those of DuckDB's text by type.
var layouts = map[types.Kind]string{
	types.Timestamp: "'2006-01-02 15:04:05.999999+00'",
	types.Datetime:  "'2006-01-02 15:04:05.999999'",
	types.Date:      "'2006-01-02'",
}

// Literal is a value in DuckDB's SQL, from where the placeholder's cast takes it.
func Literal(v any, kind types.Kind) (string, bool) {
	switch x := v.(type) {
	case nil:
		return "NULL", true
	case bool:
		return strconv.FormatBool(x), true
	case int64:
		return strconv.FormatInt(x, 10), true
	case string:
		if len(x) > 1<<16 || strings.ContainsRune(x, 0) { // DuckDB's parser ends at it
			return "", false
		}
		return "'" + strings.ReplaceAll(x, "'", "''") + "'", true
	case time.Time:
		layout, ok := layouts[kind]
		return x.UTC().Format(layout), ok && x.UTC().Year() >= 1 && x.UTC().Year() <= 9999
	}
	return "", false
}

// Inline replaces the placeholders $1, $2, … of a statement, outside of quotes.
func Inline(sql string, texts []string) string {
	var b strings.Builder
	var quote byte
	for i := 0; i < len(sql); i++ {
		switch c := sql[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '$':
			end := i + 1
			for end < len(sql) && sql[end] >= '0' && sql[end] <= '9' {
				end++
			}
			if n, err := strconv.Atoi(sql[i+1 : end]); err == nil && n >= 1 && n <= len(texts) {
				b.WriteString(texts[n-1])
				i = end - 1
				continue
			}
		}
		b.WriteByte(sql[i])
	}
	return b.String()
}
