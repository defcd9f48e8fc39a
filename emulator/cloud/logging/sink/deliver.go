package sink

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/logging"
)

// Options of a Deliverer.
type Options struct {
	Logs  *logging.Service
	Sinks func() map[string]api.Object // by name: projects/P/sinks/S
	// Allowed is the error of an account, serviceAccount:…, that lacks a permission on a
	// resource: //HOST/NAME.
	Allowed func(member, permission, resource string) error
	// Create makes an object of Cloud Storage.
	Create func(bucket, name, contentType string, content io.Reader) error
	// Publish publishes a message to a topic, projects/P/topics/T.
	Publish func(ctx context.Context, topic string, data []byte, attributes map[string]string) error
	// Batch is how long entries for a bucket are gathered for; 0 is a minute. Cloud Logging
	// gathers for an hour.
	Batch time.Duration
}

// Deliverer delivers entries.
type Deliverer struct {
	Options
	work sync.WaitGroup

	mu     sync.Mutex
	number map[string]int // of files by bucket, log and hour
}

// Start delivers entries that come until ctx ends.
func Start(ctx context.Context, o Options) *Deliverer {
	if o.Batch == 0 {
		o.Batch = time.Minute
	}
	d, last := &Deliverer{Options: o, number: map[string]int{}}, o.Logs.Last()
	for prefix, way := range map[string]struct {
		wait    time.Duration
		deliver func(sink api.Object, resource string, entries []api.Object) error
	}{
		storage: {o.Batch, d.store},
		pubsub: {0, func(sink api.Object, topic string, entries []api.Object) error {
			return d.publish(ctx, sink, topic, entries)
		}},
	} {
		d.work.Go(func() {
			o.Logs.Follow(ctx, last, way.wait, func(entries []api.Object) { d.deliver(prefix, way.deliver, entries) })
		})
	}
	return d
}

// Wait returns once nothing is delivered any more, after the end of the context.
func (d *Deliverer) Wait() { d.work.Wait() }

// deliver has entries delivered by all sinks to a service.
func (d *Deliverer) deliver(prefix string, way func(sink api.Object, resource string, entries []api.Object) error, entries []api.Object) {
	for name, sink := range d.Sinks() {
		destination, _ := sink["destination"].(string)
		resource, ok := strings.CutPrefix(destination, prefix)
		if !ok {
			continue
		}
		some := taken(name, sink, entries)
		if len(some) == 0 {
			continue
		}
		if err := way(sink, resource, some); err != nil {
			d.Logs.Write(logging.Resource{Type: "logging_sink", Labels: map[string]string{
				"project_id": api.Segment(name, "projects"), "name": path.Base(name), "destination": destination,
			}}, nil, failure(destination, len(some), err))
		}
	}
}

func writer(sink api.Object) string { s, _ := sink["writerIdentity"].(string); return s }

// store writes a file of each log and hour, named as
// https://cloud.google.com/logging/docs/export/storage#gcs-organization has it: what comes
// after an hour's first file is in addenda.
func (d *Deliverer) store(sink api.Object, bucket string, entries []api.Object) error {
	if err := d.Allowed(writer(sink), "storage.objects.create", "//storage.googleapis.com/projects/_/buckets/"+bucket); err != nil {
		return err
	}
	files := map[string]*bytes.Buffer{}
	for _, e := range entries {
		_, id := logOf(e)
		timestamp, _ := e["timestamp"].(string)
		at, err := time.Parse(time.RFC3339Nano, timestamp)
		if err != nil {
			return fmt.Errorf("an entry's timestamp: %w", err)
		}
		line, err := json.Marshal(e)
		if err != nil {
			return err
		}
		at = at.UTC()
		name := fmt.Sprintf("%s/%s/%02d:00:00_%02d:59:59_", id, at.Format("2006/01/02"), at.Hour(), at.Hour())
		if files[name] == nil {
			files[name] = new(bytes.Buffer)
		}
		files[name].Write(append(line, '\n'))
	}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(files)) {
		errs = append(errs, d.Create(bucket, name+d.suffix(bucket+"/"+name), "application/json", files[name]))
	}
	return errors.Join(errs...)
}

// suffix ends the name of a file: S0.json is an hour's first, A0.json the next.
func (d *Deliverer) suffix(file string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := d.number[file]
	d.number[file]++
	if n == 0 {
		return "S0.json"
	}
	return fmt.Sprintf("A%d.json", n-1)
}

// publish publishes a message of each entry
// (https://cloud.google.com/logging/docs/export/pubsub#pubsub-organization).
func (d *Deliverer) publish(ctx context.Context, sink api.Object, topic string, entries []api.Object) error {
	if err := d.Allowed(writer(sink), "pubsub.topics.publish", "//"+pubsub+topic); err != nil {
		return err
	}
	for _, e := range entries {
		data, err := json.Marshal(e)
		if err != nil {
			return err
		}
		timestamp, _ := e["timestamp"].(string)
		if err := d.Publish(ctx, topic, data, map[string]string{"logging.googleapis.com/timestamp": timestamp}); err != nil {
			return err
		}
	}
	return nil
}
