package endpoint

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/googleapis/gax-go/v2"
	"google.golang.org/api/option"
	transport "google.golang.org/api/transport/http"

	"github.com/tallystream/tallystream/shared/logging"
)

// readScope permits to read objects.
const readScope = "https://www.googleapis.com/auth/devstorage.read_only"

// ReadObject reads an object of Cloud Storage that has an address of the form
// gs://bucket/name, and at most so many bytes. It asks again until the context ends where
// another answer is to be expected; also where it may not read, since a grant takes up to
// some minutes to hold (https://cloud.google.com/iam/docs/access-change-propagation).
// emulator is what STORAGE_EMULATOR_HOST says, empty for the cloud.
func ReadObject(ctx context.Context, emulator, address string, most int64) ([]byte, error) {
	bucket, name, ok := strings.Cut(strings.TrimPrefix(address, "gs://"), "/")
	if !ok || bucket == "" || name == "" {
		return nil, fmt.Errorf("the address %q isn't that of an object: write gs://bucket/name", address)
	}
	root, client, err := storageClient(ctx, emulator)
	if err != nil {
		return nil, fmt.Errorf("Cloud Storage client: %w", err)
	}
	from := root + "/storage/v1/b/" + url.PathEscape(bucket) + "/o/" + url.PathEscape(name) + "?alt=media"
	pause := gax.Backoff{Initial: 200 * time.Millisecond, Max: 10 * time.Second, Multiplier: 2}
	for {
		text, again, err := get(ctx, client, from, most)
		if err == nil {
			return text, nil
		}
		err = fmt.Errorf("read %s: %w", address, err)
		if !again {
			return nil, err
		}
		logging.Default().WarnContext(ctx, "an object can't be read, and is asked for again", "error", err)
		if gax.Sleep(ctx, pause.Pause()) != nil {
			return nil, err
		}
	}
}

// storageClient is what Cloud Storage is asked by, and where it is.
func storageClient(ctx context.Context, emulator string) (root string, client *http.Client, err error) {
	if emulator != "" {
		if !strings.Contains(emulator, "://") {
			emulator = "http://" + emulator
		}
		return strings.TrimSuffix(emulator, "/"), http.DefaultClient, nil
	}
	client, _, err = transport.NewClient(ctx, option.WithScopes(readScope))
	return "https://storage.googleapis.com", client, err
}

// get reads what is at an address. again says whether another attempt may go better.
func get(ctx context.Context, client *http.Client, from string, most int64) (text []byte, again bool, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, from, nil)
	if err != nil {
		return nil, false, err
	}
	answer, err := client.Do(r)
	if err != nil {
		return nil, ctx.Err() == nil, err
	}
	defer answer.Body.Close()
	switch {
	case answer.StatusCode == http.StatusNotFound:
		return nil, false, fmt.Errorf("there is no such object")
	case answer.StatusCode != http.StatusOK:
		said, _ := io.ReadAll(io.LimitReader(answer.Body, 300)) // as far as it comes
		code := answer.StatusCode
		again = code >= 500 || code == http.StatusForbidden || code == http.StatusTooManyRequests || code == http.StatusRequestTimeout
		return nil, again, fmt.Errorf("%s: %s", answer.Status, strings.Join(strings.Fields(string(said)), " "))
	}
	text, err = io.ReadAll(io.LimitReader(answer.Body, most+1))
	if err != nil {
		return nil, ctx.Err() == nil, err
	}
	if int64(len(text)) > most {
		return nil, false, fmt.Errorf("it has more than %d bytes", most)
	}
	return text, false, nil
}
