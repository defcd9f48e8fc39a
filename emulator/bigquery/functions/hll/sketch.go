package hll

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// sketch is a sparse HyperLogLog++ sketch: for each value that was counted, the bucket that its
// hash falls into among 2^sparse, and how many zeros follow where the bucket's own last bits say
// nothing of that.
type sketch struct {
	count             int64 // of values, the same ones too
	kind              int64 // of values
	precision, sparse int
	values            []uint32
}

// rhoBits hold the number of zeros.
const rhoBits = 6

// flag marks a value that has the number of zeros.
func (s *sketch) flag() uint32 { return 1 << max(s.sparse, s.precision+rhoBits) }

// encoded is the value of a hash.
func (s *sketch) encoded(hash uint64) uint32 {
	bucket, low := uint32(hash>>(64-s.sparse)), s.sparse-s.precision
	if bucket&(1<<low-1) != 0 {
		return bucket
	}
	rho := min(bits.LeadingZeros64(hash<<s.sparse), 64-s.sparse) + 1
	return s.flag() | bucket>>low<<rhoBits | uint32(rho)
}

// unique sorts the values and keeps the one with the most zeros of each bucket.
func (s *sketch) unique() {
	slices.Sort(s.values)
	s.values = slices.Compact(s.values)
	bucket := func(v uint32) uint32 {
		if v&s.flag() != 0 {
			return v >> rhoBits
		}
		return v
	}
	var kept []uint32
	for i, v := range s.values {
		if i+1 < len(s.values) && v&s.flag() != 0 && cmp.Compare(bucket(v), bucket(s.values[i+1])) == 0 {
			continue // the next has more zeros
		}
		kept = append(kept, v)
	}
	s.values = kept
}

// The fields of the messages of a sketch
// (https://github.com/google/zetasketch/tree/master/proto).
const (
	typeField, countField, versionField, kindField, stateField     = 1, 2, 3, 4, 112
	sizeField, precisionField, sparseField, normalField, dataField = 2, 3, 4, 5, 6

	hllType = 112 // of aggregators
	version = 2
)

// bytes writes the sketch. One with too many values for a sparse one is refused.
func (s *sketch) bytes() (any, error) {
	s.unique()
	var data []byte
	last := uint32(0)
	for _, v := range s.values {
		data = binary.AppendUvarint(data, uint64(v-last))
		last = v
	}
	if len(data) > (1<<s.precision)*3/4 {
		return nil, function.Errorf("HLL_COUNT of %d different values is not supported by this emulator: a sketch of precision %d holds fewer exactly", len(s.values), s.precision)
	}
	var state []byte
	number := func(b []byte, field protowire.Number, n uint64) []byte {
		return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), n)
	}
	state = number(state, sizeField, uint64(len(s.values)))
	state = number(state, precisionField, uint64(s.precision))
	state = number(state, sparseField, uint64(s.sparse))
	state = protowire.AppendBytes(protowire.AppendTag(state, dataField, protowire.BytesType), data)
	out := number(nil, typeField, hllType)
	out = number(out, countField, uint64(s.count))
	out = number(out, versionField, version)
	out = number(out, kindField, uint64(s.kind))
	return protowire.AppendBytes(protowire.AppendTag(out, stateField, protowire.BytesType), state), nil
}

var errInvalid = function.Errorf("Invalid or incompatible sketch in HLL_COUNT")

// fields reads the fields of a message.
func fields(b []byte, f func(n protowire.Number, number uint64, data []byte) error) error {
	for len(b) > 0 {
		n, typ, size := protowire.ConsumeTag(b)
		if size < 0 {
			return errInvalid
		}
		b = b[size:]
		var number uint64
		var data []byte
		switch typ {
		case protowire.VarintType:
			number, size = protowire.ConsumeVarint(b)
		case protowire.BytesType:
			data, size = protowire.ConsumeBytes(b)
		default:
			return errInvalid
		}
		if size < 0 {
			return errInvalid
		}
		b = b[size:]
		if err := f(n, number, data); err != nil {
			return err
		}
	}
	return nil
}

// decode reads a sketch.
func decode(b []byte) (*sketch, error) {
	s := &sketch{}
	found := false
	err := fields(b, func(n protowire.Number, number uint64, data []byte) error {
		switch n {
		case typeField:
			if number != hllType {
				return errInvalid
			}
		case countField:
			s.count = int64(number)
		case kindField:
			s.kind = int64(number)
		case stateField:
			found = true
			return fields(data, s.state)
		}
		return nil
	})
	if err == nil && (!found || s.precision < 10 || s.precision > 24 || s.sparse < s.precision || s.sparse > 25) {
		err = errInvalid
	}
	return s, err
}

func (s *sketch) state(n protowire.Number, number uint64, data []byte) error {
	switch n {
	case precisionField:
		s.precision = int(number)
	case sparseField:
		s.sparse = int(number)
	case normalField:
		return function.Errorf("A sketch that isn't sparse is not supported by this emulator")
	case dataField:
		last := uint64(0)
		for len(data) > 0 {
			delta, size := binary.Uvarint(data)
			if size <= 0 {
				return errInvalid
			}
			last += delta
			s.values, data = append(s.values, uint32(last)), data[size:]
		}
	}
	return nil
}
