package hll

import (
	"database/sql/driver"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// counts make sketches and merge them. Natives take no lists: hashes come as text with commas,
// sketches in hexadecimal digits.
var counts = function.Group{
	Scalars: map[string]function.Scalar{"hll_count.extract": function.SQL("coalesce(bq_hll_extract($1), 0)")},
	Aggregates: map[string]function.Aggregate{
		"hll_count.init":          initSketch,
		"hll_count.merge":         merged("coalesce(bq_hll_extract(%s), 0)"),
		"hll_count.merge_partial": merged("%s"),
	},
	Natives: []function.Native{
		{Name: "bq_hll_integer", Args: function.Types{function.Integer}, Result: function.Integer, Call: func(a []driver.Value) (any, error) {
			return int64(fingerprint(binary.LittleEndian.AppendUint64(nil, uint64(a[0].(int64))))), nil
		}},
		{Name: "bq_hll_bytes", Args: function.Types{function.Blob}, Result: function.Integer, Call: func(a []driver.Value) (any, error) {
			return int64(fingerprint(a[0].([]byte))), nil
		}},
		{
			Name: "bq_hll_init", Args: function.Types{function.Text, function.Integer, function.Integer, function.Integer}, Result: function.Blob,
			Call: func(a []driver.Value) (any, error) {
				return build(a[0].(string), a[1].(int64), int(a[2].(int64)), a[3].(int64))
			},
		},
		{Name: "bq_hll_merge", Args: function.Types{function.Text}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			return merge(strings.Split(a[0].(string), ","))
		}},
		{Name: "bq_hll_extract", Args: function.Types{function.Blob}, Result: function.Integer, Call: func(a []driver.Value) (any, error) {
			s, err := decode(a[0].([]byte))
			if err != nil {
				return nil, err
			}
			buckets := float64(uint64(1) << s.sparse)
			return int64(math.Round(buckets * math.Log(buckets/(buckets-float64(len(s.values)))))), nil
		}},
	},
}

// The numbers of the types of values in sketches.
const (
	integers = 8
	texts    = 11
)

func initSketch(a *function.AggregateCall) string {
	hash, kind := "", texts
	switch a.Types[0].Kind {
	case types.Int64:
		hash, kind = "bq_hll_integer(%s)", integers
	case types.String:
		hash = "bq_hll_bytes(encode(%s))"
	case types.Bytes:
		hash = "bq_hll_bytes(%s)"
	default:
		bqerror.Refuse("%s of %s", a.Display(), a.Types[0])
	}
	precision := int64(15)
	if len(a.Args) > 1 {
		precision = a.LiteralInt(1) // the analyzer has checked it
	}
	hash = fmt.Sprintf(hash, a.Args[0])
	return fmt.Sprintf("bq_hll_init(string_agg(DISTINCT CAST(%s AS VARCHAR), ',')%s, count(%s)%s, %d, %d)", hash, a.Filter(), a.Args[0], a.Filter(), precision, kind)
}

// merged joins sketches; the template makes something of the joined one.
func merged(template string) function.Aggregate {
	return func(a *function.AggregateCall) string {
		return fmt.Sprintf(template, fmt.Sprintf("bq_hll_merge(string_agg(lower(hex(%s)), ',')%s)", a.Args[0], a.Filter()))
	}
}

func build(hashes string, count int64, precision int, kind int64) (any, error) {
	s := &sketch{count: count, kind: kind, precision: precision, sparse: min(precision+5, 25)}
	for text := range strings.SplitSeq(hashes, ",") {
		h, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, err
		}
		s.values = append(s.values, s.encoded(uint64(h)))
	}
	return s.bytes()
}

func merge(list []string) (any, error) {
	var all *sketch
	for _, text := range list {
		data, err := hex.DecodeString(text)
		if err != nil {
			return nil, err
		}
		s, err := decode(data)
		switch {
		case err != nil:
			return nil, err
		case all == nil:
			all = s
			continue
		case s.kind != all.kind:
			return nil, function.Errorf("Invalid or incompatible sketch in HLL_COUNT.MERGE: the sketches are of values of different types")
		case s.precision != all.precision || s.sparse != all.sparse:
			return nil, function.Errorf("HLL_COUNT.MERGE of sketches of different precisions is not supported by this emulator")
		}
		all.count += s.count
		all.values = append(all.values, s.values...)
	}
	return all.bytes()
}
