package load

import (
	"slices"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/parquet"
)

// ParquetOptions are those of a load of Parquet.
func ParquetOptions(c *bqv2.JobConfigurationLoad) (parquet.Options, error) {
	out := parquet.Options{IgnoreUnknown: c.IgnoreUnknownValues}
	for _, t := range c.DecimalTargetTypes {
		if t = strings.ToUpper(t); !slices.Contains([]string{"NUMERIC", "BIGNUMERIC", "STRING"}, t) {
			return out, bqerror.Invalid("Invalid value for configuration.load.decimalTargetTypes: %q is not one of NUMERIC, BIGNUMERIC, STRING", t)
		}
		out.DecimalTargets = append(out.DecimalTargets, t)
	}
	// The order that they are given in doesn't count (https://cloud.google.com/bigquery/docs/reference/rest/v2/Job#decimaltargettype).
	slices.SortFunc(out.DecimalTargets, func(a, b string) int { return decimalOrder[a] - decimalOrder[b] })
	p := c.ParquetOptions
	if p == nil {
		return out, nil
	}
	out.ListInference, out.EnumAsString = p.EnableListInference, p.EnumAsString
	switch p.MapTargetType {
	case "", "MAP_TARGET_TYPE_UNSPECIFIED":
	case "ARRAY_OF_STRUCT":
		out.MapsAsArrays = true
	default:
		return out, bqerror.Invalid("Invalid value for configuration.load.parquetOptions.mapTargetType: %q is not ARRAY_OF_STRUCT", p.MapTargetType)
	}
	return out, nil
}

var decimalOrder = map[string]int{"NUMERIC": 1, "BIGNUMERIC": 2, "STRING": 3}
