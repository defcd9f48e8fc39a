package search

import (
	"database/sql/driver"
	"encoding/json"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// The scopes of JSON.
const (
	jsonValues = "JSON_VALUES"
	jsonKeys   = "JSON_KEYS"
	jsonBoth   = "JSON_KEYS_AND_VALUES"
)

// searchJSON searches the strings in a JSON, its keys or both: each by itself.
func searchJSON(a []driver.Value) (any, error) {
	q, err := queryOf(a[1], a[2], a[3])
	if err != nil {
		return nil, err
	}
	scope := jsonValues
	if a[4] != nil {
		scope = a[4].(string)
	}
	if scope != jsonValues && scope != jsonKeys && scope != jsonBoth {
		return nil, function.Errorf("Invalid json_scope '%s': it must be %s, %s or %s", scope, jsonValues, jsonKeys, jsonBoth)
	}
	if a[0] == nil {
		return nil, nil
	}
	var value any
	d := json.NewDecoder(strings.NewReader(a[0].(string)))
	d.UseNumber()
	if err := d.Decode(&value); err != nil {
		return nil, err
	}
	return q.inJSON(value, scope), nil
}

func (q *query) inJSON(value any, scope string) bool {
	switch v := value.(type) {
	case string:
		return scope != jsonKeys && q.matches(v)
	case []any:
		for _, e := range v {
			if q.inJSON(e, scope) {
				return true
			}
		}
	case map[string]any:
		for key, e := range v {
			if scope != jsonValues && q.matches(key) || q.inJSON(e, scope) {
				return true
			}
		}
	}
	return false
}
