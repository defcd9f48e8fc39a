package rewrite

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
)

// distances are the functions of the types of distances.
var distances = map[string]string{"EUCLIDEAN": "EUCLIDEAN_DISTANCE", "COSINE": "COSINE_DISTANCE", "MANHATTAN": "MANHATTAN_DISTANCE"}

// distance is ML.DISTANCE
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/bigqueryml-syntax-distance).
func distance(args []argument) string {
	kind := "EUCLIDEAN"
	if len(args) == 3 {
		kind = literal("the third argument of ML.DISTANCE", args[2].text)
	}
	function := distances[strings.ToUpper(kind)]
	switch {
	case len(args) != 2 && len(args) != 3:
		bqerror.Throw(bqerror.Query("No matching signature for function ML.DISTANCE: it takes two vectors and a type of distance"))
	case function == "":
		bqerror.Throw(bqerror.Query("Invalid type %q of ML.DISTANCE: it must be EUCLIDEAN, MANHATTAN or COSINE", kind))
	}
	return function + "(" + args[0].text + ", " + args[1].text + ")"
}

// literal is the value of a literal without escapes.
func literal(what, text string) string {
	if len(text) > 1 && strings.ContainsAny(text[:1], `'"`) {
		if s := strings.Trim(text, text[:1]); !strings.ContainsAny(s, `'"\`) {
			return s
		}
	}
	bqerror.Refuse("%s that isn't a simple string literal", what)
	return ""
}

// vectorArguments are the arguments of VECTOR_SEARCH by name.
var vectorArguments = []string{"QUERY_COLUMN_TO_SEARCH", "TOP_K", "DISTANCE_TYPE", "OPTIONS"}

// queryValue is the argument that stands in the place of a query table: one vector.
const queryValue = "QUERY_VALUE"

// vectorSearch is VECTOR_SEARCH, exactly, as a subquery: each row of the query with the rows of the base
// that are closest to it
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/search_functions#vector_search).
func vectorSearch(args []argument) string {
	given := map[string]string{}
	var places []string
	for _, a := range args {
		switch {
		case a.name == "":
			places = append(places, a.text)
		default:
			given[a.name] = a.text
		}
	}
	if len(places) > 3 {
		for i, text := range places[3:min(len(places), 3+len(vectorArguments))] {
			given[vectorArguments[i]] = text
		}
	}
	for name := range given {
		known := name == queryValue
		for _, n := range vectorArguments {
			known = known || n == name
		}
		if !known {
			bqerror.Throw(bqerror.Query("Named argument `%s` not found in signature for call to function VECTOR_SEARCH", strings.ToLower(name)))
		}
	}
	value, one := given[queryValue]
	if !one && len(places) < 3 || one && len(places) != 2 || len(places) > 3+len(vectorArguments) {
		bqerror.Throw(bqerror.Query("No matching signature for VECTOR_SEARCH: it takes a base table, its column, and a query table or query_value"))
	}
	column := literal("the column of VECTOR_SEARCH", places[1])
	columns, query := "query, ", ""
	switch {
	case one && given["QUERY_COLUMN_TO_SEARCH"] != "":
		bqerror.Throw(bqerror.Query("query_column_to_search of VECTOR_SEARCH is not allowed with query_value"))
	case one:
		columns, query = "", "(SELECT "+value+" AS `"+column+"`)"
	default:
		query = relation(places[2])
	}
	asked := column
	if text := given["QUERY_COLUMN_TO_SEARCH"]; text != "" {
		asked = literal("query_column_to_search of VECTOR_SEARCH", text)
	}
	most := "10"
	if text := given["TOP_K"]; text != "" {
		most = "(" + text + ")"
	}
	checkVectorOptions(given["OPTIONS"])
	return fmt.Sprintf("(SELECT %[7]sbase, distance FROM (SELECT query, base, distance, ROW_NUMBER() OVER (PARTITION BY number ORDER BY distance) AS place "+
		"FROM (SELECT query, number, base, %[1]s(base.`%[2]s`, query.`%[3]s`) AS distance "+
		"FROM (SELECT query, ROW_NUMBER() OVER () AS number FROM (SELECT _vector_query AS query FROM %[4]s AS _vector_query)) "+
		"CROSS JOIN (SELECT _vector_base AS base FROM %[5]s AS _vector_base))) WHERE %[6]s < 0 OR place <= %[6]s)",
		vectorDistance(given["DISTANCE_TYPE"]), column, asked, query, relation(places[0]), most, columns)
}

// relation is a table or a query of a call in FROM.
func relation(text string) string {
	list := tokens(text)
	if len(list) > 1 && strings.EqualFold(list[0].text, "TABLE") {
		return text[list[1].start:]
	}
	if len(list) == 0 || list[0].text != "(" {
		bqerror.Throw(bqerror.Query("VECTOR_SEARCH takes TABLE and a name, or a query in parentheses: %s", text))
	}
	return text
}

// vectorDistance is the function that measures the distance.
func vectorDistance(text string) string {
	if text == "" {
		return distances["EUCLIDEAN"]
	}
	switch kind := strings.ToUpper(literal("distance_type of VECTOR_SEARCH", text)); kind {
	case "EUCLIDEAN", "COSINE":
		return distances[kind]
	case "DOT_PRODUCT":
		bqerror.Refuse("the distance_type DOT_PRODUCT of VECTOR_SEARCH")
	default:
		bqerror.Throw(bqerror.Query("Invalid distance_type %q of VECTOR_SEARCH: it must be EUCLIDEAN, COSINE or DOT_PRODUCT", kind))
	}
	return ""
}

// checkVectorOptions checks the options, which change no exact result.
func checkVectorOptions(text string) {
	if text == "" {
		return
	}
	var o struct {
		Fraction   *float64 `json:"fraction_lists_to_search"`
		BruteForce bool     `json:"use_brute_force"`
	}
	quoted := strings.Trim(text, text[:1])
	if !strings.ContainsAny(text[:1], `'"`) || strings.Contains(quoted, `\`) {
		bqerror.Refuse("options of VECTOR_SEARCH that aren't a simple string literal")
	}
	d := json.NewDecoder(strings.NewReader(quoted))
	d.DisallowUnknownFields()
	err := d.Decode(&o)
	switch {
	case err != nil:
		bqerror.Throw(bqerror.Query("Invalid options of VECTOR_SEARCH %s: %v", quoted, err))
	case o.Fraction != nil && o.BruteForce:
		bqerror.Throw(bqerror.Query("Invalid options of VECTOR_SEARCH: fraction_lists_to_search and use_brute_force can't be set together"))
	case o.Fraction != nil && (*o.Fraction <= 0 || *o.Fraction >= 1):
		bqerror.Throw(bqerror.Query("Invalid options of VECTOR_SEARCH: fraction_lists_to_search must be between 0 and 1"))
	}
}
