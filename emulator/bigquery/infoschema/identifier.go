package infoschema

import (
	"regexp"
	"strings"
)

// reserved are the words that are no names without backticks
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/lexical#reserved_keywords).
var reserved = words("ALL AND ANY ARRAY AS ASC ASSERT_ROWS_MODIFIED AT BETWEEN BY CASE CAST COLLATE CONTAINS CREATE CROSS CUBE CURRENT DEFAULT DEFINE DESC " +
	"DISTINCT ELSE END ENUM ESCAPE EXCEPT EXCLUDE EXISTS EXTRACT FALSE FETCH FOLLOWING FOR FROM FULL GROUP GROUPING GROUPS HASH HAVING IF IGNORE IN INNER " +
	"INTERSECT INTERVAL INTO IS JOIN LATERAL LEFT LIKE LIMIT LOOKUP MERGE NATURAL NEW NO NOT NULL NULLS OF ON OR ORDER OUTER OVER PARTITION PRECEDING PROTO " +
	"QUALIFY RANGE RECURSIVE RESPECT RIGHT ROLLUP ROWS SELECT SET SOME STRUCT TABLESAMPLE THEN TO TREAT TRUE UNBOUNDED UNION UNNEST USING WHEN WHERE WINDOW " +
	"WITH WITHIN")

func words(text string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(text) {
		set[w] = true
	}
	return set
}

var plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// identifier is the name of a column as a statement writes it.
func identifier(name string) string {
	if plainName.MatchString(name) && !reserved[strings.ToUpper(name)] {
		return name
	}
	return "`" + name + "`"
}

// identifiers are the names of columns in a list.
func identifiers(names []string) string {
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = identifier(name)
	}
	return strings.Join(list, ", ")
}
