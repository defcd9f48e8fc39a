package search

import (
	"cmp"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"sync/atomic"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// tfIDF is TF_IDF, as package rewrite calls it: with a document and all documents of the window, as JSON
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/text-analysis-functions#tf_idf).
var tfIDF = function.Group{
	Scalars: map[string]function.Scalar{
		"_emulator_tf_idf": function.SQL(`list_transform(bq_tf_idf($1, '[' || $2 || ']', $3, $4), lambda t: {'term': CASE WHEN substr(t, strpos(t, ' ') + 1, 1) = '=' ` +
			`THEN substr(t, strpos(t, ' ') + 2) END, 'tf_idf': CAST(substr(t, 1, strpos(t, ' ') - 1) AS DOUBLE)})`),
	},
	Signatures: map[string]function.Signature{
		"_emulator_tf_idf": {Result: function.TermWeights, Args: []string{"STRING", "STRING", "INT64", "INT64"}},
	},
	Natives: []function.Native{
		{Name: "bq_tf_idf", Args: function.Types{function.Text, function.Text, function.Integer, function.Integer}, Result: function.TextList, Call: weigh},
	},
}

// maxTerms is the largest dictionary that may be asked for.
const maxTerms = 1 << 20

// lastCorpus is the one of the last row: those of a window are alike.
var lastCorpus atomic.Pointer[corpus]

// corpus is what the documents of a window say of terms.
type corpus struct {
	text           string
	most, least    int64
	idf            map[string]float64 // of the dictionary
	unknown        float64            // of all other terms, and of NULL
	nothing, wrong error
}

// weigh is the weight of each term of a document, as WEIGHT =TERM, and as WEIGHT - of all that aren't in the dictionary.
func weigh(a []driver.Value) (any, error) {
	text, most, least := a[1].(string), a[2].(int64), a[3].(int64)
	if most < 0 || most > maxTerms || least < 0 {
		return nil, function.Errorf("max_distinct_tokens of TF_IDF must be between 0 and %d, and frequency_threshold at least 0", maxTerms)
	}
	c := lastCorpus.Load()
	if c == nil || c.text != text || c.most != most || c.least != least {
		c = newCorpus(text, most, least)
		lastCorpus.Store(c)
	}
	var document []*string
	if err := json.Unmarshal([]byte(a[0].(string)), &document); err != nil || c.wrong != nil {
		return nil, cmp.Or(err, c.wrong)
	}
	counts, unknown := map[string]int{}, 0
	for _, term := range document {
		if term != nil && c.idf[*term] > 0 {
			counts[*term]++
		} else {
			unknown++
		}
	}
	size := float64(len(document))
	list := []string{}
	if unknown > 0 {
		if c.nothing != nil {
			return nil, c.nothing
		}
		list = append(list, format(float64(unknown)/size*c.unknown)+" -")
	}
	for _, term := range slices.Sorted(maps.Keys(counts)) {
		list = append(list, format(float64(counts[term])/size*c.idf[term])+" ="+term)
	}
	return list, nil
}

func format(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }

// newCorpus makes the dictionary: the terms that most documents have, at least so many. The inverse document
// frequency of what isn't in it is the mean of those that are, as the documented examples have it.
func newCorpus(text string, most, least int64) *corpus {
	c := &corpus{text: text, most: most, least: least, idf: map[string]float64{}}
	var documents [][]*string
	if c.wrong = json.Unmarshal([]byte(text), &documents); c.wrong != nil {
		c.wrong = fmt.Errorf("the documents of TF_IDF: %w", c.wrong)
		return c
	}
	in := map[string]int64{} // how many documents have a term
	for _, document := range documents {
		seen := map[string]bool{}
		for _, term := range document {
			if term != nil && !seen[*term] {
				seen[*term] = true
				in[*term]++
			}
		}
	}
	terms := slices.SortedFunc(maps.Keys(in), func(a, b string) int { return cmp.Or(cmp.Compare(in[b], in[a]), cmp.Compare(a, b)) })
	for _, term := range terms[:min(int64(len(terms)), most)] {
		if in[term] >= least {
			c.idf[term] = math.Log(1 + float64(len(documents))/float64(1+in[term]))
			c.unknown += c.idf[term]
		}
	}
	if len(c.idf) == 0 {
		c.nothing = function.Errorf("TF_IDF of documents without a term for the dictionary, which must be in %d of them, is not supported by this emulator", least)
		return c
	}
	c.unknown /= float64(len(c.idf))
	return c
}
