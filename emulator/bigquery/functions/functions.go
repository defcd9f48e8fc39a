// Package functions lists all functions of GoogleSQL that the emulator has. Each
// family is a package, each group of a family a file, and beside it lie the cases that
// the functions are tested with.
package functions

import (
	"slices"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/aggregates"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/arrays"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/cast"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/encryption"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/geography"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/hll"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/javascript"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/json"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/net"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/numbers"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/operators"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/ranges"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/search"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/text"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/times"
)

// All are the functions by name.
var All = function.NewRegistry(slices.Concat(
	operators.Groups, cast.Groups, numbers.Groups, text.Groups, search.Groups, times.Groups, arrays.Groups, json.Groups, net.Groups, encryption.Groups,
	ranges.Groups, geography.Groups, javascript.Groups, hll.Groups, aggregates.Groups,
)...)
