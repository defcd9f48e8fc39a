package duck

import (
	"fmt"
	"time"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// The bounds that stand for none, types.Lowest and types.Highest.
var (
	lowest  = time.Date(0, time.December, 31, 0, 0, 0, 0, time.UTC)
	highest = time.Date(10000, time.January, 1, 0, 0, 0, 0, time.UTC)
)

// fromRange reads a RANGE, which is a struct in DuckDB.
func fromRange(x map[string]any, t *types.Type) (any, error) {
	bound := func(key string) (any, error) {
		at, ok := x[key].(time.Time)
		if !ok {
			return nil, fmt.Errorf("DuckDB returned a %T for a bound of a %s", x[key], t)
		}
		if at.Year() < 1 || at.Year() > 9999 {
			return nil, nil
		}
		return fromTime(at.UTC(), t.Elem)
	}
	var r types.RangeValue
	var err error
	if r.Start, err = bound("start"); err != nil {
		return nil, err
	}
	if r.End, err = bound("end"); err != nil {
		return nil, err
	}
	return r, nil
}

func toRange(v any, t *types.Type) (any, error) {
	r, ok := v.(types.RangeValue)
	if !ok {
		return nil, mismatch(v, t)
	}
	bound := func(v any, otherwise time.Time) (any, error) {
		if v == nil {
			return otherwise, nil
		}
		return toTime(v, t.Elem)
	}
	start, err := bound(r.Start, lowest)
	if err != nil {
		return nil, err
	}
	end, err := bound(r.End, highest)
	if err != nil {
		return nil, err
	}
	return map[string]any{"start": start, "end": end}, nil
}
