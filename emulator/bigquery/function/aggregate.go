package function

import (
	"fmt"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
)

// Filter is the FILTER clause for the conditions, and then the OVER clause.
func (a *AggregateCall) Filter(conditions ...string) string {
	if a.Where != "" {
		conditions = append(conditions, a.Where)
	}
	if len(conditions) == 0 {
		return a.Over
	}
	return " FILTER (WHERE " + strings.Join(conditions, " AND ") + ")" + a.Over
}

// DistinctWord is "DISTINCT ", or "".
func (a *AggregateCall) DistinctWord() string {
	if a.Distinct {
		return "DISTINCT "
	}
	return ""
}

// Plain is a call of a DuckDB aggregate with all modifiers but LIMIT.
func (a *AggregateCall) Plain(name string, args ...string) string {
	if a.Limit != "" {
		bqerror.Refuse("LIMIT in %s", a.Display())
	}
	return fmt.Sprintf("%s(%s%s%s)%s", name, a.DistinctWord(), strings.Join(args, ", "), a.Order, a.Filter())
}

// Duck calls the DuckDB aggregate of a name with the same arguments.
func Duck(name string) Aggregate {
	return func(a *AggregateCall) string { return a.Plain(name, a.Args...) }
}

// DuckWindow calls the DuckDB window function of a name with the same arguments.
func DuckWindow(name string) Aggregate {
	return func(a *AggregateCall) string {
		args := strings.Join(a.Args, ", ")
		if a.IgnoreNulls {
			args += " IGNORE NULLS"
		}
		return name + "(" + args + ")" + a.Over
	}
}
