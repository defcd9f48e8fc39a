package metric

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/logging"
	"github.com/tallystream/tallystream/emulator/cloud/logging/filter"
)

// prefix begins the types of log-based metrics.
const prefix = "logging.googleapis.com/user/"

// maxSeries are on a page.
const maxSeries = 100000

// Service is Cloud Monitoring's API of log-based metrics. It is an http.Handler.
type Service struct {
	*api.Router
	logs    *logging.Service
	metrics func(pattern string) map[string]api.Object
}

// New returns a service that counts entries by the metrics that there are, by their names,
// projects/P/metrics/M. What it doesn't serve, rest does.
func New(rest http.Handler, logs *logging.Service, metrics func(pattern string) map[string]api.Object) *Service {
	s := &Service{Router: api.NewRouter(), logs: logs, metrics: metrics}
	s.Handle("GET /v3/projects/{project}/timeSeries", s.list)
	s.HandleHTTP("/v1/", rest)
	s.HandleHTTP("/v3/", rest)
	return s
}

func convert(from, to any) error {
	b, err := json.Marshal(from)
	if err != nil {
		return err
	}
	return api.Decode(b, to)
}

// list is https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.timeSeries/list.
func (s *Service) list(r *http.Request) (any, error) {
	if err := api.Parameters(r, "filter", "interval.startTime", "interval.endTime", "view", "pageSize", "pageToken"); err != nil {
		return nil, err
	}
	query := r.URL.Query()
	if view := query.Get("view"); view != "" && view != "FULL" {
		return nil, status.Errorf(codes.Unimplemented, "view %s: the emulator has FULL only.", view)
	}
	if !strings.Contains(query.Get("filter"), "metric.type") {
		return nil, status.Error(codes.InvalidArgument, "filter: it must say metric.type.")
	}
	wanted, err := filter.Parse(query.Get("filter"))
	if err != nil {
		return nil, status.Errorf(codes.InvalidArgument, "filter: %v", err)
	}
	var interval [2]time.Time
	for n, name := range []string{"interval.startTime", "interval.endTime"} {
		if interval[n], err = time.Parse(time.RFC3339Nano, query.Get(name)); err != nil {
			return nil, status.Errorf(codes.InvalidArgument, "%s %q: want a time like 2026-11-29T07:00:00Z.", name, query.Get(name))
		}
	}
	project := "projects/" + r.PathValue("project")
	all := []api.Object{}
	found := s.metrics(project + "/metrics/**")
	for _, name := range slices.Sorted(maps.Keys(found)) {
		c, err := parse(found[name])
		if err != nil {
			return nil, err
		}
		series := s.count(project, c, interval[0], interval[1])
		for _, key := range slices.Sorted(maps.Keys(series)) {
			if o := series[key].object(c); wanted(o) {
				all = append(all, o)
			}
		}
	}
	page, next, err := api.Page(r, all, maxSeries, func(o api.Object) string { b, _ := json.Marshal([]any{o["metric"], o["resource"]}); return string(b) })
	return api.Object{"timeSeries": page, "nextPageToken": next}, err
}

// series are the counts of one resource and of some labels, by the minute.
type series struct {
	resource any
	labels   map[string]string
	minutes  map[time.Time]*counts
}

// counts are of a minute. Mean and squares are as Welford has them.
type counts struct {
	n             int64
	mean, squares float64
	buckets       []int64
}

// count counts the entries of a project between two times, by resources and labels.
func (s *Service) count(project string, c counter, from, to time.Time) map[string]*series {
	all := map[string]*series{}
	made, _ := time.Parse(time.RFC3339Nano, c.CreateTime) // always a time
	for _, e := range s.logs.Entries(project, c.wanted) {
		at, received := instant(e, "timestamp"), instant(e, "receiveTimestamp")
		if c.Disabled || received.Before(made) || at.Before(from) || !at.Before(to) {
			continue
		}
		value := 0.0
		if c.value != nil {
			text, ok := c.value(e)
			v, err := strconv.ParseFloat(text, 64)
			if !ok || err != nil {
				continue // an entry without a number isn't counted
			}
			value = v
		}
		labels := map[string]string{}
		for name, extract := range c.labels {
			labels[name], _ = extract(e)
		}
		key, _ := json.Marshal([]any{e["resource"], labels}) // of JSON
		one := all[string(key)]
		if one == nil {
			one = &series{resource: e["resource"], labels: labels, minutes: map[time.Time]*counts{}}
			all[string(key)] = one
		}
		minute := at.Truncate(time.Minute)
		if one.minutes[minute] == nil {
			one.minutes[minute] = &counts{}
		}
		one.minutes[minute].add(value, c.BucketOptions)
	}
	return all
}

func instant(e api.Object, field string) time.Time {
	s, _ := e[field].(string)
	at, _ := time.Parse(time.RFC3339Nano, s) // always a time
	return at
}

func (n *counts) add(value float64, b *buckets) {
	n.n++
	delta := value - n.mean
	n.mean += delta / float64(n.n)
	n.squares += delta * (value - n.mean)
	if b == nil {
		return
	}
	bounds := b.bounds()
	if n.buckets == nil {
		n.buckets = make([]int64, len(bounds)+1)
	}
	in := 0
	for in < len(bounds) && value >= bounds[in] {
		in++
	}
	n.buckets[in]++
}

// object is a time series as the API has it, the newest point first.
func (s *series) object(c counter) api.Object {
	points := []api.Object{}
	minutes := slices.SortedFunc(maps.Keys(s.minutes), func(a, b time.Time) int { return b.Compare(a) })
	for _, minute := range minutes {
		points = append(points, api.Object{
			"interval": api.Object{"startTime": minute.UTC().Format(time.RFC3339), "endTime": minute.Add(time.Minute).UTC().Format(time.RFC3339)},
			"value":    s.minutes[minute].value(c),
		})
	}
	o := api.Object{
		"metric": api.Object{"type": prefix + c.Name, "labels": s.labels}, "resource": s.resource,
		"metricKind": "DELTA", "valueType": c.MetricDescriptor.ValueType, "unit": c.MetricDescriptor.Unit, "points": points,
	}
	var plain api.Object
	if convert(o, &plain) != nil { // it always is JSON
		return o
	}
	return plain
}

func (n *counts) value(c counter) api.Object {
	if c.value == nil {
		return api.Object{"int64Value": strconv.FormatInt(n.n, 10)}
	}
	d := api.Object{"count": strconv.FormatInt(n.n, 10), "mean": n.mean, "sumOfSquaredDeviation": n.squares}
	if c.BucketOptions != nil {
		in := []string{}
		for _, count := range n.buckets {
			in = append(in, strconv.FormatInt(count, 10))
		}
		d["bucketOptions"], d["bucketCounts"] = c.BucketOptions, in
	}
	return api.Object{"distributionValue": d}
}
