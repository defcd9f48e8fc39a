package drain

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// A Client calls stages. The zero Client calls those that let everybody in.
type Client struct {
	HTTP *http.Client // nil is http.DefaultClient

	// Token is an identity token for stages that let only some in. It is sent over
	// https alone.
	Token string
}

// ErrInsecure refuses to send a token over plain HTTP.
var ErrInsecure = errors.New("the identity token would be sent in the clear")

// A StatusError is an answer other than 200.
type StatusError struct {
	Code int
	Text string // what the stage says is wrong, or else its whole answer
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("HTTP status %d: %.500s", e.Code, e.Text)
}

// Bridge calls the bridge at an address. With a *StatusError the summary is what
// the answer holds of one.
func (c Client) Bridge(ctx context.Context, address string, r BridgeRequest) (s BridgeSummary, err error) {
	err = c.call(ctx, address, r, &s)
	return s, err
}

// Aggregate calls the aggregate at an address. With a *StatusError the summary is
// what the answer holds of one.
func (c Client) Aggregate(ctx context.Context, address string, r AggregateRequest) (s AggregateSummary, err error) {
	err = c.call(ctx, address, r, &s)
	return s, err
}

// maxAnswer bounds an answer in bytes: the next of a replay names every partition.
const maxAnswer = 1 << 20

func (c Client) call(ctx context.Context, address string, request, summary any) error {
	body, err := json.Marshal(request)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	if c.Token != "" {
		if r.URL.Scheme != "https" {
			return fmt.Errorf("%s isn't https: %w", address, ErrInsecure)
		}
		r.Header.Set("Authorization", "Bearer "+c.Token)
	}
	resp, err := cmp.Or(c.HTTP, http.DefaultClient).Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("read the answer of %s: %w", address, err)
	}
	err = json.Unmarshal(text, summary)
	if resp.StatusCode != http.StatusOK {
		return &StatusError{Code: resp.StatusCode, Text: refusal(text)}
	}
	if err != nil {
		return fmt.Errorf("the answer of %s isn't a summary: %w", address, err)
	}
	return nil
}

// refusal is what a stage says is wrong, or else its whole answer.
func refusal(answer []byte) string {
	var said struct {
		Error  string   `json:"error"`
		Errors []string `json:"errors"`
	}
	if err := json.Unmarshal(answer, &said); err == nil && said.Error+strings.Join(said.Errors, "") != "" {
		if said.Error != "" {
			said.Errors = append([]string{said.Error}, said.Errors...)
		}
		return strings.Join(said.Errors, "; ")
	}
	return strings.TrimSpace(string(answer))
}
