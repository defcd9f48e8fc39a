package external

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// key is a column whose values are in the names of objects, as key=value
// (https://cloud.google.com/bigquery/docs/hive-partitioned-queries).
type key struct {
	name string
	kind types.Kind
}

// nullKey is how Hive names a value that is NULL.
const nullKey = "__HIVE_DEFAULT_PARTITION__"

// declared are the keys of the mode CUSTOM, in the prefix: gs://b/t/{day:DATE}/{n:INTEGER}.
var declared = regexp.MustCompile(`\{(\w+):(\w+)\}`)

func checkHive(c *bqv2.ExternalDataConfiguration, h *bqv2.HivePartitioningOptions) error {
	switch {
	case h.RequirePartitionFilter:
		return bqerror.Unsupported("requirePartitionFilter of an external table")
	case !slices.Contains([]string{"AUTO", "STRINGS", "CUSTOM"}, h.Mode):
		return bqerror.Invalid("Invalid mode %q of hivePartitioningOptions: it must be AUTO, STRINGS or CUSTOM", h.Mode)
	case h.Mode == "CUSTOM" && !declared.MatchString(h.SourceUriPrefix):
		return bqerror.Invalid("The sourceUriPrefix %s of hivePartitioningOptions declares no key, as the mode CUSTOM needs", h.SourceUriPrefix)
	}
	for _, uri := range c.SourceUris {
		if !strings.HasPrefix(uri, prefixOf(h)) {
			return bqerror.Invalid("The sourceUriPrefix %s of hivePartitioningOptions doesn't begin %s", h.SourceUriPrefix, uri)
		}
	}
	return nil
}

// prefixOf is what all names begin with.
func prefixOf(h *bqv2.HivePartitioningOptions) string {
	before, _, _ := strings.Cut(h.SourceUriPrefix, "{")
	return strings.TrimSuffix(before, "/") + "/"
}

// pairs are the keys and values in a name, in its order.
func pairs(h *bqv2.HivePartitioningOptions, uri string) (list [][2]string) {
	folders := strings.Split(strings.TrimPrefix(uri, prefixOf(h)), "/")
	for _, folder := range folders[:len(folders)-1] {
		name, value, ok := strings.Cut(folder, "=")
		if !ok {
			break
		}
		if plain, err := url.PathUnescape(value); err == nil {
			value = plain
		}
		list = append(list, [2]string{name, value})
	}
	return list
}

// keysOf are the keys in the names of a table's objects.
func keysOf(c *bqv2.ExternalDataConfiguration, f *Files) ([]key, error) {
	h := c.HivePartitioningOptions
	if h == nil {
		return nil, nil
	}
	keys, err := declaredKeys(h)
	if err != nil {
		return nil, err
	}
	for i, file := range f.files {
		found := pairs(h, file.uri)
		if i == 0 && h.Mode != "CUSTOM" {
			for _, p := range found {
				keys = append(keys, key{name: p[0]})
			}
		}
		if len(found) != len(keys) || slices.ContainsFunc(keys, func(k key) bool { return valueOf(found, k.name) == nil }) {
			return nil, bqerror.Invalid("The name %s has other keys than the other names have, or hivePartitioningOptions", file.uri)
		}
		for k := range keys {
			if value := *valueOf(found, keys[k].name); h.Mode == "AUTO" && value != nullKey {
				keys[k].kind = joined(keys[k].kind, kindOf(value))
			}
		}
	}
	for k := range keys {
		if keys[k].kind == types.Invalid {
			keys[k].kind = types.String
		}
	}
	return keys, nil
}

func declaredKeys(h *bqv2.HivePartitioningOptions) (keys []key, err error) {
	if h.Mode != "CUSTOM" {
		return nil, nil
	}
	for _, m := range declared.FindAllStringSubmatch(h.SourceUriPrefix, -1) {
		kind, ok := types.KindOf(m[2])
		if !ok || !slices.Contains([]types.Kind{types.String, types.Int64, types.Date, types.Timestamp, types.Datetime, types.Numeric, types.Float64, types.Bool}, kind) {
			return nil, bqerror.Invalid("The key %s in sourceUriPrefix can't be of type %s", m[1], m[2])
		}
		keys = append(keys, key{m[1], kind})
	}
	return keys, nil
}

func valueOf(list [][2]string, name string) *string {
	for i := range list {
		if strings.EqualFold(list[i][0], name) {
			return &list[i][1]
		}
	}
	return nil
}

// kindOf is the type of a value that BigQuery detects: INT64, DATE, TIMESTAMP or STRING.
func kindOf(value string) types.Kind {
	for _, kind := range []types.Kind{types.Int64, types.Date, types.Timestamp} {
		if _, err := types.Parse(kind, value); err == nil {
			return kind
		}
	}
	return types.String
}

func joined(a, b types.Kind) types.Kind {
	if a == types.Invalid || a == b {
		return b
	}
	return types.String
}

// addKeys adds the values in an object's name to its rows.
func addKeys(rows [][]any, c *bqv2.ExternalDataConfiguration, keys []key, uri string) error {
	if len(keys) == 0 {
		return nil
	}
	found := pairs(c.HivePartitioningOptions, uri)
	values := make([]any, len(keys))
	for i, k := range keys {
		text := *valueOf(found, k.name)
		if text == nullKey {
			continue
		}
		value, err := types.Parse(k.kind, text)
		if err != nil {
			return bqerror.Invalid("The value of %s in the name %s: %v", k.name, uri, err)
		}
		values[i] = value
	}
	for i := range rows {
		rows[i] = append(rows[i], values...)
	}
	return nil
}
