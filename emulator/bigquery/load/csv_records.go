package load

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// delimiters are the names that fieldDelimiter has for characters.
var delimiters = map[string]rune{"": ',', `\t`: '\t', "tab": '\t'}

// encodings are those of CSV files beside UTF-8
// (https://cloud.google.com/bigquery/docs/reference/rest/v2/Job#JobConfigurationLoad.FIELDS.encoding).
var encodings = map[string]encoding.Encoding{
	"ISO-8859-1": charmap.ISO8859_1,
	"UTF-16BE":   unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
	"UTF-16LE":   unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
	"UTF-32BE":   utf32.UTF32(utf32.BigEndian, utf32.UseBOM),
	"UTF-32LE":   utf32.UTF32(utf32.LittleEndian, utf32.UseBOM),
}

// parseCSV splits a file into records. Values of those may be in quotes.
func parseCSV(c *bqv2.JobConfigurationLoad, data []byte) ([][]string, error) {
	data, err := inUTF8(c.Encoding, data)
	if err != nil {
		return nil, err
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	delimiter, ok := delimiters[c.FieldDelimiter]
	if !ok {
		delimiter = []rune(c.FieldDelimiter)[0]
	}
	quote := `"`
	if c.Quote != nil {
		quote = *c.Quote
	}
	switch {
	case quote == "":
		return unquoted(data, delimiter), nil
	case len(quote) > 1 || quote[0] >= utf8.RuneSelf || rune(quote[0]) == delimiter || strings.Contains("\r\n", quote):
		return nil, types.Errorf("Invalid value for quote: %q is not one ASCII character that separates neither values nor lines", quote)
	}
	return quoted(c, swapped(data, quote[0]), delimiter, quote[0])
}

// inUTF8 is a file's text in UTF-8.
func inUTF8(name string, data []byte) ([]byte, error) {
	name = strings.ToUpper(name)
	if name == "" || name == "UTF-8" {
		return data, nil
	}
	e, ok := encodings[name]
	if !ok {
		return nil, types.Errorf("Invalid value for encoding: %s is not one of UTF-8, ISO-8859-1, UTF-16BE, UTF-16LE, UTF-32BE, UTF-32LE", name)
	}
	out, err := e.NewDecoder().Bytes(data)
	if err != nil {
		return nil, types.Errorf("The file is not in the encoding %s: %v", name, err)
	}
	return out, nil
}

// unquoted are the records of a file that has no quotes.
func unquoted(data []byte, delimiter rune) [][]string {
	var records [][]string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r"); line != "" {
			records = append(records, strings.Split(line, string(delimiter)))
		}
	}
	return records
}

// quoted are the records of a file in which the quote and the double quote have changed places.
func quoted(c *bqv2.JobConfigurationLoad, data []byte, delimiter rune, quote byte) ([][]string, error) {
	if delimiter == '"' {
		delimiter = rune(quote)
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = -1
	r.Comma = delimiter
	var records [][]string
	for {
		start := r.InputOffset()
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return records, nil
		}
		if err != nil {
			return nil, fmt.Errorf("CSV parsing error: %w", err)
		}
		if !c.AllowQuotedNewlines && slices.ContainsFunc(record, func(s string) bool { return strings.Contains(s, "\n") }) {
			return nil, fmt.Errorf("error detected while parsing row starting at position %d: a quoted value has a newline, which needs allowQuotedNewlines", start)
		}
		for i, value := range record {
			record[i] = string(swapped([]byte(value), quote))
		}
		records = append(records, record)
	}
}

// swapped is a text whose quotes, of one ASCII character, and double quotes have changed places: encoding/csv knows double quotes only.
func swapped(text []byte, quote byte) []byte {
	if quote == '"' {
		return text
	}
	out := bytes.Clone(text)
	for i, b := range out {
		switch b {
		case quote:
			out[i] = '"'
		case '"':
			out[i] = quote
		}
	}
	return out
}
