package wire

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// PageRequest is what a client asks for of some rows.
type PageRequest struct {
	Start  int64
	Limit  int64 // negative for as many as fit
	Format types.Format
}

// PageOf reads startIndex, pageToken, maxResults and the format.
func PageOf(r *http.Request) (PageRequest, error) {
	p := PageRequest{Limit: -1}
	var err error
	if p.Start, err = IntParam(r, "startIndex", 0); err != nil {
		return p, err
	}
	if token := r.URL.Query().Get("pageToken"); token != "" {
		if p.Start, err = fromToken(token); err != nil {
			return p, err
		}
	}
	if r.URL.Query().Get("maxResults") != "" {
		if p.Limit, err = IntParam(r, "maxResults", 0); err != nil {
			return p, err
		}
	}
	return p, p.SetFormat(BoolParam(r, "formatOptions.useInt64Timestamp"), r.URL.Query().Get("formatOptions.timestampOutputFormat"))
}

// SetFormat says how a page has timestamps: in seconds, or in whole microseconds, by one parameter or the other.
func (p *PageRequest) SetFormat(int64Timestamp bool, output string) error {
	switch output {
	case "", "TIMESTAMP_OUTPUT_FORMAT_UNSPECIFIED", "FLOAT64":
	case "INT64":
		int64Timestamp = true
	default:
		return NotSupported("The timestamp format %s", output)
	}
	p.Format.Int64Timestamp = int64Timestamp
	return nil
}

// Reply answers with head and the rows asked for, as far as a page goes. rows
// begin at row 0 of total.
func (p PageRequest) Reply(w http.ResponseWriter, head any, rows *types.Rows, total int64) error {
	values := rows.Values
	start := min(p.Start, int64(len(values)))
	return p.ReplyFrom(w, head, &types.Rows{Schema: rows.Schema, Values: values[start:]}, start, total)
}

// ReplyFrom is Reply for rows that begin at row start of total.
func (p PageRequest) ReplyFrom(w http.ResponseWriter, head any, rows *types.Rows, start, total int64) error {
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
		if n == p.Limit || len(out)-bare > maxPage {
			break
		}
		if n > 0 {
			out = append(out, ',')
		}
		out = p.Format.AppendRow(out, fields, row)
		n++
	}
	if n == 0 {
		out = out[:bare-len(`,"rows":[`)] // like BigQuery, no rows rather than none
	} else {
		out = append(out, ']')
	}
	if next := start + n; next < total && p.Limit != 0 {
		out = append(out, `,"pageToken":`...)
		out = strconv.AppendQuote(out, pageToken(next))
	}
	return replyRaw(w, append(out, '}'))
}
