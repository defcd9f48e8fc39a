// Package metric counts log entries as log-based metrics say
// (https://cloud.google.com/logging/docs/logs-based-metrics): Cloud Monitoring's timeSeries
// of those metrics, as they are, by the minute. It counts when it is asked, what Cloud
// Logging still has. It has no aggregation, and no other metrics.
package metric

import (
	"math"
	"regexp"
	"slices"
	"strconv"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/logging/filter"
)

// definition is a metric as the API of Cloud Logging has it.
type definition struct {
	Name             string            `json:"name"`
	Description      string            `json:"description"`
	Filter           string            `json:"filter"`
	Disabled         bool              `json:"disabled"`
	ValueExtractor   string            `json:"valueExtractor"`
	LabelExtractors  map[string]string `json:"labelExtractors"`
	MetricDescriptor descriptor        `json:"metricDescriptor"`
	BucketOptions    *buckets          `json:"bucketOptions"`

	// What only the service sets.
	CreateTime string `json:"createTime"`
	UpdateTime string `json:"updateTime"`
	Version    string `json:"version"`
}

type descriptor struct {
	Name        string `json:"name"`
	Type        string `json:"type"`
	MetricKind  string `json:"metricKind"`
	ValueType   string `json:"valueType"`
	Unit        string `json:"unit"`
	Description string `json:"description"`
	DisplayName string `json:"displayName"`
	Labels      []struct {
		Key         string `json:"key"`
		ValueType   string `json:"valueType"`
		Description string `json:"description"`
	} `json:"labels"`
}

// counter is a metric that can be counted.
type counter struct {
	definition
	wanted filter.Filter
	value  extractor // nil where entries are only counted
	labels map[string]extractor
}

// Check refuses what a metric can't be.
func Check(metric api.Object) error {
	_, err := parse(metric)
	return err
}

func parse(metric api.Object) (counter, error) {
	var c counter
	if err := convert(metric, &c.definition); err != nil {
		return c, err
	}
	d := &c.MetricDescriptor
	if d.ValueType == "" {
		d.ValueType = "INT64"
	}
	switch {
	case c.Filter == "":
		return c, status.Error(codes.InvalidArgument, "A metric needs a filter.")
	case d.MetricKind != "" && d.MetricKind != "DELTA":
		return c, status.Errorf(codes.Unimplemented, "metricDescriptor.metricKind %s: the emulator has log-based metrics of the kind DELTA only.", d.MetricKind)
	case d.ValueType != "INT64" && d.ValueType != "DISTRIBUTION":
		return c, status.Errorf(codes.InvalidArgument, "metricDescriptor.valueType %s: want INT64 or DISTRIBUTION.", d.ValueType)
	case (d.ValueType == "DISTRIBUTION") != (c.ValueExtractor != ""):
		return c, status.Error(codes.InvalidArgument, "A metric of the type DISTRIBUTION, and no other, has a valueExtractor.")
	case d.ValueType != "DISTRIBUTION" && c.BucketOptions != nil:
		return c, status.Error(codes.InvalidArgument, "bucketOptions are those of a metric of the type DISTRIBUTION.")
	}
	var err error
	if c.wanted, err = filter.Parse(c.Filter); err != nil {
		return c, status.Errorf(codes.InvalidArgument, "filter of a metric: %v", err)
	}
	if c.ValueExtractor != "" {
		if c.value, err = extract(c.ValueExtractor); err != nil {
			return c, err
		}
	}
	c.labels = map[string]extractor{}
	for name, expression := range c.LabelExtractors {
		if c.labels[name], err = extract(expression); err != nil {
			return c, err
		}
	}
	return c, c.BucketOptions.check()
}

// extractor is a text of an entry, if it has it.
type extractor func(entry api.Object) (string, bool)

var (
	plain   = regexp.MustCompile(`^\s*EXTRACT\s*\(\s*([^(),]+?)\s*\)\s*$`)
	pattern = regexp.MustCompile(`^\s*REGEXP_EXTRACT\s*\(\s*([^(),]+?)\s*,\s*"(.*)"\s*\)\s*$`)
)

// extract reads EXTRACT(field) or REGEXP_EXTRACT(field, "regex with a group").
func extract(expression string) (extractor, error) {
	path, expr := "", (*regexp.Regexp)(nil)
	if m := plain.FindStringSubmatch(expression); m != nil {
		path = m[1]
	} else if m := pattern.FindStringSubmatch(expression); m != nil {
		var err error
		if path, expr = m[1], nil; m[2] != "" {
			if expr, err = regexp.Compile(m[2]); err != nil || expr.NumSubexp() != 1 {
				return nil, status.Errorf(codes.InvalidArgument, "Extractor %s: want a regular expression with one group.", expression)
			}
		}
	}
	field, err := filter.Field(path)
	if err != nil {
		return nil, status.Errorf(codes.InvalidArgument, `Extractor %s: want EXTRACT(field) or REGEXP_EXTRACT(field, "regular expression").`, expression)
	}
	return func(entry api.Object) (string, bool) {
		var text string
		switch v := field(entry).(type) {
		case string:
			text = v
		case float64:
			text = strconv.FormatFloat(v, 'f', -1, 64)
		case bool:
			text = strconv.FormatBool(v)
		default:
			return "", false
		}
		if expr == nil {
			return text, true
		}
		m := expr.FindStringSubmatch(text)
		if m == nil {
			return "", false
		}
		return m[1], true
	}, nil
}

// buckets are the bounds of a distribution's buckets
// (https://cloud.google.com/monitoring/api/ref_v3/rest/v3/TypedValue#bucketoptions).
type buckets struct {
	Exponential *struct {
		NumFiniteBuckets int     `json:"numFiniteBuckets"`
		GrowthFactor     float64 `json:"growthFactor"`
		Scale            float64 `json:"scale"`
	} `json:"exponentialBuckets,omitempty"`
	Linear *struct {
		NumFiniteBuckets int     `json:"numFiniteBuckets"`
		Width            float64 `json:"width"`
		Offset           float64 `json:"offset"`
	} `json:"linearBuckets,omitempty"`
	Explicit *struct {
		Bounds []float64 `json:"bounds"`
	} `json:"explicitBuckets,omitempty"`
}

// maxBuckets is a distribution's most.
const maxBuckets = 200

func (b *buckets) check() error {
	if b == nil {
		return nil
	}
	if n := len(b.bounds()); n == 0 || n > maxBuckets || !slices.IsSorted(b.bounds()) {
		return status.Errorf(codes.InvalidArgument, "bucketOptions have %d bounds: want 1 to %d, in their order.", n, maxBuckets)
	}
	return nil
}

// bounds are those between buckets: what is less than the first is in bucket 0.
func (b *buckets) bounds() []float64 {
	var all []float64
	switch {
	case b.Exponential != nil:
		for n := 0; n <= min(b.Exponential.NumFiniteBuckets, maxBuckets); n++ {
			all = append(all, b.Exponential.Scale*math.Pow(b.Exponential.GrowthFactor, float64(n)))
		}
	case b.Linear != nil:
		for n := 0; n <= min(b.Linear.NumFiniteBuckets, maxBuckets); n++ {
			all = append(all, b.Linear.Offset+b.Linear.Width*float64(n))
		}
	case b.Explicit != nil:
		all = b.Explicit.Bounds
	}
	return all
}
