package rewrite

import (
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
)

// The defaults of TF_IDF
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/text-analysis-functions#tf_idf).
const (
	maxDistinctTokens  = "32000"
	frequencyThreshold = "5"
)

// tfIDF is TF_IDF with its OVER (): a function of a document and of all documents.
func tfIDF(args []argument) string {
	texts := []string{"", maxDistinctTokens, frequencyThreshold}
	for i, a := range args {
		if a.name != "" || i >= len(texts) {
			args = nil
			break
		}
		texts[i] = a.text
	}
	if len(args) == 0 {
		bqerror.Throw(bqerror.Query("No matching signature for function TF_IDF: it takes an ARRAY<STRING>, max_distinct_tokens and frequency_threshold"))
	}
	document := "TO_JSON_STRING(CAST(" + texts[0] + " AS ARRAY<STRING>))"
	return "_emulator_tf_idf(" + document + ", STRING_AGG(" + document + ", ',') OVER (), " + texts[1] + ", " + texts[2] + ")"
}

// emptyOver is the index of the last token of OVER (), which stands behind a call.
func emptyOver(list []token, closing int) int {
	if closing+3 >= len(list) || !strings.EqualFold(list[closing+1].text, "OVER") || list[closing+2].text != "(" || list[closing+3].text != ")" {
		bqerror.Refuse("TF_IDF without OVER () behind it")
	}
	return closing + 3
}
