package rest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/engine"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// maxPage is the size a page of rows may reach, as in BigQuery: 10 MB.
const maxPage = 10 << 20

// resultsBody is the answer of jobs.query and jobs.getQueryResults without its
// rows, which are appended to its JSON.
type resultsBody struct {
	Kind                string                  `json:"kind"`
	Etag                string                  `json:"etag,omitempty"`
	Schema              *bqv2.TableSchema       `json:"schema,omitempty"`
	JobReference        *bqv2.JobReference      `json:"jobReference"`
	QueryID             string                  `json:"queryId,omitempty"`
	Location            string                  `json:"location,omitempty"`
	JobCreationReason   *bqv2.JobCreationReason `json:"jobCreationReason,omitempty"`
	SessionInfo         *bqv2.SessionInfo       `json:"sessionInfo,omitempty"`
	StatementType       string                  `json:"statementType,omitempty"`
	TotalRows           string                  `json:"totalRows,omitempty"`
	TotalBytesProcessed string                  `json:"totalBytesProcessed,omitempty"`
	TotalBytesBilled    string                  `json:"totalBytesBilled,omitempty"`
	CreationTime        string                  `json:"creationTime,omitempty"`
	StartTime           string                  `json:"startTime,omitempty"`
	EndTime             string                  `json:"endTime,omitempty"`
	NumDmlAffectedRows  string                  `json:"numDmlAffectedRows,omitempty"`
	DmlStats            *bqv2.DmlStatistics     `json:"dmlStats,omitempty"`
	CacheHit            *bool                   `json:"cacheHit,omitempty"`
	JobComplete         bool                    `json:"jobComplete"`
}

func str(n int64) string { return strconv.FormatInt(n, 10) }

// A pageRequest is what a client asks for of some rows.
type pageRequest struct {
	start  int64
	limit  int64 // negative for as many as fit
	format types.Format
}

// pageOf reads startIndex, pageToken, maxResults and the format.
func pageOf(r *http.Request) (pageRequest, error) {
	p := pageRequest{limit: -1}
	var err error
	if p.start, err = intParam(r, "startIndex", 0); err != nil {
		return p, err
	}
	if token := r.URL.Query().Get("pageToken"); token != "" {
		if p.start, err = fromToken(token); err != nil {
			return p, err
		}
	}
	if r.URL.Query().Get("maxResults") != "" {
		if p.limit, err = intParam(r, "maxResults", 0); err != nil {
			return p, err
		}
	}
	return p, p.setFormat(boolParam(r, "formatOptions.useInt64Timestamp"), r.URL.Query().Get("formatOptions.timestampOutputFormat"))
}

func (p *pageRequest) setFormat(int64Timestamp bool, output string) error {
	switch output {
	case "", "TIMESTAMP_OUTPUT_FORMAT_UNSPECIFIED", "FLOAT64":
	case "INT64":
		int64Timestamp = true
	default:
		return notSupported("The timestamp format %s", output)
	}
	p.format.Int64Timestamp = int64Timestamp
	return nil
}

// reply answers with head and the rows asked for, as far as a page goes. rows
// begin at row 0 of total.
func (p pageRequest) reply(w http.ResponseWriter, head any, rows *engine.Rows, total int64) error {
	values := rows.Values
	start := min(p.start, int64(len(values)))
	return p.replyFrom(w, head, &engine.Rows{Schema: rows.Schema, Values: values[start:]}, start, total)
}

// replyFrom is reply for rows that begin at row start of total.
func (p pageRequest) replyFrom(w http.ResponseWriter, head any, rows *engine.Rows, start, total int64) error {
	fields, err := types.FromSchema(rows.Schema)
	if err != nil {
		return fmt.Errorf("the result's schema: %w", err)
	}
	out, err := json.Marshal(head)
	if err != nil {
		return err
	}
	out = append(out[:len(out)-1], `,"rows":[`...)
	bare := len(out)
	n := int64(0)
	for _, row := range rows.Values {
		if n == p.limit || len(out)-bare > maxPage {
			break
		}
		if n > 0 {
			out = append(out, ',')
		}
		out = p.format.AppendRow(out, fields, row)
		n++
	}
	if n == 0 {
		out = out[:bare-len(`,"rows":[`)] // like BigQuery, no rows rather than none
	} else {
		out = append(out, ']')
	}
	if next := start + n; next < total && p.limit != 0 {
		out = append(out, `,"pageToken":`...)
		out = strconv.AppendQuote(out, pageToken(next))
	}
	return replyRaw(w, append(out, '}'))
}

// selectFields reads a list of top-level columns, "" for all. A nested name
// selects its whole column.
func selectFields(schema []*bqv2.TableFieldSchema, list string) ([]int, error) {
	var picked []int
	if list == "" {
		for i := range schema {
			picked = append(picked, i)
		}
		return picked, nil
	}
	want := map[string]bool{}
	for name := range strings.SplitSeq(list, ",") {
		top, _, nested := strings.Cut(strings.ToLower(strings.TrimSpace(name)), ".")
		if nested {
			return nil, notSupported("The selection of a nested field (%s)", name)
		}
		want[top] = true
	}
	for i, f := range schema {
		if name := strings.ToLower(f.Name); want[name] {
			picked = append(picked, i)
			delete(want, name)
		}
	}
	for name := range want {
		return nil, invalid("Invalid field selection %s: the table has no such column", name)
	}
	return picked, nil
}
