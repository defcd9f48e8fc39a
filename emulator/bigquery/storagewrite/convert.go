package storagewrite

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"time"

	"cloud.google.com/go/civil"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// integer converts an integer to the column's type.
func (f *field) integer(n int64) (any, error) {
	switch f.kind {
	case types.Int64:
		return n, nil
	case types.Timestamp:
		t, ok := types.MicrosTimestamp(n)
		if !ok {
			return nil, fmt.Errorf("the timestamp of %d microseconds is out of range", n)
		}
		return t, nil
	case types.Date:
		return daysDate(n)
	case types.Bool:
		return n != 0, nil
	case types.Float64:
		return float64(n), nil
	case types.Datetime:
		return packedDateTime(n)
	case types.Time:
		return packedTime(n)
	case types.Numeric, types.BigNumeric:
		return types.Parse(f.kind, strconv.FormatInt(n, 10))
	}
	return nil, errWire
}

// unsigned converts an integer beyond int64.
func (f *field) unsigned(n uint64) (any, error) {
	switch f.kind {
	case types.Numeric, types.BigNumeric:
		return types.Parse(f.kind, new(big.Int).SetUint64(n).String())
	case types.Bool:
		return true, nil
	}
	return nil, fmt.Errorf("the value %d is out of range", n)
}

func (f *field) float(x float64) (any, error) {
	switch f.kind {
	case types.Float64:
		return x, nil
	case types.Numeric, types.BigNumeric:
		return types.Parse(f.kind, strconv.FormatFloat(x, 'f', -1, 64))
	}
	return nil, errWire
}

// The range of DATE, in days since 1970-01-01.
const (
	minDay = -719_162  // 0001-01-01
	maxDay = 2_932_896 // 9999-12-31
)

func daysDate(n int64) (any, error) {
	if n < minDay || n > maxDay {
		return nil, fmt.Errorf("the date of %d days is out of range", n)
	}
	return civil.DateOf(time.Unix(n*86400, 0).UTC()), nil
}

// The packed forms of TIME and DATETIME hold, from the lowest bit, microseconds
// (20 bits), seconds (6), minutes (6), hours (5), and for DATETIME days (5),
// months (4) and years (14).
func packedTime(n int64) (any, error) {
	t := unpackTime(n)
	if n < 0 || n>>37 != 0 || !t.IsValid() {
		return nil, errors.New("the packed time is not valid")
	}
	return t, nil
}

func packedDateTime(n int64) (any, error) {
	dt := civil.DateTime{
		Date: civil.Date{Year: int(n >> 46 & 0x3fff), Month: time.Month(n >> 42 & 0xf), Day: int(n >> 37 & 0x1f)},
		Time: unpackTime(n),
	}
	if n < 0 || n>>60 != 0 || !dt.IsValid() || dt.Date.Year < 1 || dt.Date.Year > 9999 {
		return nil, errors.New("the packed datetime is not valid")
	}
	return dt, nil
}

func unpackTime(n int64) civil.Time {
	return civil.Time{
		Hour: int(n >> 32 & 0x1f), Minute: int(n >> 26 & 0x3f), Second: int(n >> 20 & 0x3f),
		Nanosecond: int(n&0xfffff) * 1000,
	}
}
