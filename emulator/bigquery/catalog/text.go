package catalog

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
)

// The limits of labels and descriptions, in characters but for the number of labels
// (https://cloud.google.com/bigquery/docs/labels-intro#requirements, https://cloud.google.com/bigquery/quotas).
const (
	mostLabels        = 64
	mostOfLabel       = 63
	mostOfDescription = 16_384
	mostOfColumn      = 1_024
)

// CheckLabels refuses labels that BigQuery doesn't take, in its words.
func CheckLabels(labels map[string]string) error {
	if len(labels) > mostLabels {
		return bqerror.Invalid("There are %d labels, of at most %d", len(labels), mostLabels)
	}
	for key, value := range labels {
		first, _ := utf8.DecodeRuneInString(key)
		if !unicode.IsLetter(first) || !labelText(key) {
			return bqerror.Invalid("Label key %q has invalid characters.", key)
		}
		if !labelText(value) {
			return bqerror.Invalid("Label value %q has invalid characters.", value)
		}
	}
	return nil
}

// labelText says that a text has at most 63 characters, each a lower-case or international letter, a digit, an
// underscore or a dash.
func labelText(text string) bool {
	bad := func(r rune) bool {
		return r != '_' && r != '-' && !unicode.IsDigit(r) && !unicode.In(r, unicode.M) && (!unicode.IsLetter(r) || unicode.IsUpper(r))
	}
	return utf8.ValidString(text) && utf8.RuneCountInString(text) <= mostOfLabel && !strings.ContainsFunc(text, bad)
}

// CheckDescription refuses a description that is too long. what is what it is of, such as "a table".
func CheckDescription(what, text string) error {
	if n := utf8.RuneCountInString(text); n > mostOfDescription {
		return bqerror.Invalid("The description of %s has %d characters, of at most %d", what, n, mostOfDescription)
	}
	return nil
}

// CheckColumnDescription refuses the description of a column that is too long.
func CheckColumnDescription(column, text string) error {
	if n := utf8.RuneCountInString(text); n > mostOfColumn {
		return bqerror.Invalid("The description of the column %s has %d characters, of at most %d", column, n, mostOfColumn)
	}
	return nil
}
