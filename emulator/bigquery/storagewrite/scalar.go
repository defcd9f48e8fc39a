package storagewrite

import (
	"fmt"
	"math"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// scalar reads a number of fixed or variable length.
func (f *field) scalar(typ protowire.Type, msg []byte) (any, int, error) {
	var bits uint64
	var n int
	switch typ {
	case protowire.VarintType:
		bits, n = protowire.ConsumeVarint(msg)
	case protowire.Fixed64Type:
		bits, n = protowire.ConsumeFixed64(msg)
	case protowire.Fixed32Type:
		var short uint32
		short, n = protowire.ConsumeFixed32(msg)
		bits = uint64(short)
	default:
		n = -1
	}
	if n < 0 || typ != wireType(f) {
		return nil, 0, errWire
	}
	v, err := f.number(bits)
	if err != nil {
		return nil, 0, f.errorf(err)
	}
	return v, n, nil
}

func wireType(f *field) protowire.Type {
	switch f.wire {
	case pbDouble, pbFixed64, pbSfixed64:
		return protowire.Fixed64Type
	case pbFloat, pbFixed32, pbSfixed32:
		return protowire.Fixed32Type
	case pbString, pbBytes:
		return protowire.BytesType
	}
	if f.sub != nil || f.wrapper != nil || f.stamp {
		return protowire.BytesType
	}
	return protowire.VarintType
}

// number interprets the bits of a scalar by the type on the wire.
func (f *field) number(bits uint64) (any, error) {
	switch f.wire {
	case pbDouble:
		return f.float(math.Float64frombits(bits))
	case pbFloat:
		return f.float(float64(math.Float32frombits(uint32(bits))))
	case pbSint32, pbSint64:
		return f.integer(protowire.DecodeZigZag(bits))
	case pbInt32, pbSfixed32:
		return f.integer(int64(int32(bits)))
	case pbUint32, pbFixed32:
		return f.integer(int64(uint32(bits)))
	case pbUint64, pbFixed64:
		if bits > math.MaxInt64 {
			return f.unsigned(bits)
		}
	case pbEnum:
		if f.kind == types.String {
			name, ok := f.enum[int64(int32(bits))]
			if !ok {
				return nil, fmt.Errorf("the enum has no value %d", int32(bits))
			}
			return name, nil
		}
		return f.integer(int64(int32(bits)))
	}
	return f.integer(int64(bits))
}
