// Package sink delivers entries to where Cloud Logging's sinks lead
// (https://cloud.google.com/logging/docs/export/configure_export_v2): to buckets of Cloud
// Storage and topics of Pub/Sub. To log buckets nothing is delivered, since entries are in
// memory until they are too many. Other destinations are refused by name.
package sink

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/logging"
	"github.com/tallystream/tallystream/emulator/cloud/logging/filter"
)

// The services of destinations, as they stand before the names of resources.
const (
	storage = "storage.googleapis.com/"
	pubsub  = "pubsub.googleapis.com/"
	logs    = "logging.googleapis.com/"
)

// fields are those of a sink that are honoured, or only described and set by the service.
var fields = []string{
	"name", "description", "destination", "filter", "exclusions", "disabled", "writerIdentity", "createTime", "updateTime",
}

// Check refuses what a sink can't be. Fields that are empty say what holds anyway.
func Check(sink api.Object) error {
	for name, value := range sink {
		if !slices.Contains(fields, name) && value != nil && value != false && value != "" {
			return status.Errorf(codes.Unimplemented, "The emulator doesn't honour %s of a sink.", name)
		}
	}
	destination, _ := sink["destination"].(string)
	if !slices.ContainsFunc([]string{storage, pubsub + "projects/", logs + "projects/"}, func(s string) bool { return strings.HasPrefix(destination, s) }) {
		return status.Errorf(codes.Unimplemented, "The emulator has no sinks to %q: want %sBUCKET, %sprojects/P/topics/T or %sprojects/P/locations/L/buckets/B.", destination, storage, pubsub, logs)
	}
	_, err := wanted(sink)
	return err
}

// wanted reports whether a sink takes an entry.
func wanted(sink api.Object) (filter.Filter, error) {
	included, err := parse(sink, "filter")
	if err != nil {
		return nil, err
	}
	var excluded []filter.Filter
	exclusions, _ := sink["exclusions"].([]any)
	for _, e := range exclusions {
		exclusion, _ := e.(api.Object)
		f, err := parse(exclusion, "filter")
		if err != nil {
			return nil, err
		}
		if exclusion["disabled"] != true {
			excluded = append(excluded, f)
		}
	}
	return func(entry map[string]any) bool {
		return included(entry) && !slices.ContainsFunc(excluded, func(f filter.Filter) bool { return f(entry) })
	}, nil
}

func parse(o api.Object, field string) (filter.Filter, error) {
	text, _ := o[field].(string)
	f, err := filter.Parse(text)
	if err != nil {
		return nil, status.Errorf(codes.InvalidArgument, "%s of a sink: %v", field, err)
	}
	return f, nil
}

// logOf is the id of an entry's log, like cloudaudit.googleapis.com/activity, and its
// project's path.
func logOf(entry api.Object) (project, id string) {
	name, _ := entry["logName"].(string)
	project, id, _ = strings.Cut(name, "/logs/")
	if plain, err := url.PathUnescape(id); err == nil {
		id = plain
	}
	return project, id
}

// taken are the entries that a sink of a name, projects/P/sinks/S, takes.
func taken(name string, sink api.Object, entries []api.Object) []api.Object {
	f, err := wanted(sink)
	if err != nil || sink["disabled"] == true { // it was checked
		return nil
	}
	var found []api.Object
	for _, e := range entries {
		project, id := logOf(e)
		if strings.HasPrefix(name, project+"/") && id != logging.SinkErrors && f(e) {
			found = append(found, e)
		}
	}
	return found
}

// failure is the line of the log of what sinks can't deliver.
func failure(destination string, n int, err error) []byte {
	return fmt.Appendf(nil, `{"severity":"ERROR","message":%q}`, fmt.Sprintf("%d entries weren't delivered to %s: %s", n, destination, status.Convert(err).Message()))
}
