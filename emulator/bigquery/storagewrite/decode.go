package storagewrite

import (
	"errors"
	"math"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

var errWire = errors.New("the row is no valid protocol buffer message")

// decodeRow reads a message into row, which has p.width nils.
func (p *plan) decodeRow(msg []byte, row []any) error {
	// One copy of the whole row serves all its strings.
	return p.decode(msg, string(msg), row)
}

// decode reads msg, whose bytes text holds too.
func (p *plan) decode(msg []byte, text string, row []any) error {
	for at := 0; at < len(msg); {
		num, typ, n := protowire.ConsumeTag(msg[at:])
		if n < 0 {
			return errWire
		}
		at += n
		f := p.field(num)
		if f == nil {
			if n = protowire.ConsumeFieldValue(num, typ, msg[at:]); n < 0 {
				return errWire
			}
			at += n
			continue
		}
		n, err := f.read(num, typ, msg[at:], text[at:], row)
		if err != nil {
			return err
		}
		at += n
	}
	return p.complete(row)
}

// complete fills in arrays and defaults, and checks the required fields.
func (p *plan) complete(row []any) error {
	for _, f := range p.fields {
		if f != nil && f.fallback != nil && row[f.pos] == nil {
			row[f.pos] = f.fallback
		}
	}
	for _, pos := range p.repeated {
		if row[pos] == nil {
			row[pos] = []any{}
		}
	}
	for _, pos := range p.required {
		if row[pos] == nil {
			return types.Errorf("Field %s: the required field is missing", p.names[pos])
		}
	}
	return nil
}

// read reads one occurrence of the field and returns its length.
func (f *field) read(num protowire.Number, typ protowire.Type, msg []byte, text string, row []any) (int, error) {
	switch {
	case typ == protowire.StartGroupType && f.wire == pbGroup:
		body, n := protowire.ConsumeGroup(num, msg)
		if n < 0 {
			return 0, errWire
		}
		return n, f.store(row, body, text[:len(body)])
	case typ != protowire.BytesType:
		v, n, err := f.scalar(typ, msg)
		if err != nil {
			return 0, err
		}
		f.put(row, v)
		return n, nil
	}
	body, n := protowire.ConsumeBytes(msg)
	if n < 0 {
		return 0, errWire
	}
	inner := text[n-len(body) : n]
	if f.repeated && packable(f) {
		return n, f.packed(body, row)
	}
	return n, f.store(row, body, inner)
}

// put sets the field's value, or adds it to its array.
func (f *field) put(row []any, v any) {
	if !f.repeated {
		row[f.pos] = v
		return
	}
	list, _ := row[f.pos].([]any)
	row[f.pos] = append(list, v)
}

// store reads a length-delimited value: text, bytes or a message.
func (f *field) store(row []any, body []byte, text string) error {
	switch {
	case f.sub != nil:
		sub, ok := row[f.pos].([]any)
		if f.repeated || !ok {
			sub = make([]any, f.sub.width)
		}
		if err := f.sub.decode(body, text, sub); err != nil {
			return err
		}
		if f.kind == types.Range {
			return f.storeRange(row, sub)
		}
		f.put(row, sub)
		return nil
	case f.stamp:
		t, err := decodeTimestamp(body)
		if err != nil {
			return f.errorf(err)
		}
		f.put(row, t)
		return nil
	case f.wrapper != nil:
		return f.unwrap(row, body, text)
	}
	v, err := f.textual(body, text)
	if err != nil {
		return f.errorf(err)
	}
	f.put(row, v)
	return nil
}

// storeRange stores the bounds of a RANGE.
func (f *field) storeRange(row, bounds []any) error {
	r := types.RangeValue{Start: bounds[0], End: bounds[1]}
	if err := r.Check(); err != nil {
		return f.errorf(err)
	}
	f.put(row, r)
	return nil
}

// unwrap reads a wrapper message; an empty one has the type's zero.
func (f *field) unwrap(row []any, body []byte, text string) error {
	one := make([]any, 1)
	inner := plan{width: 1}
	inner.set(1, f.wrapper)
	if err := inner.decode(body, text, one); err != nil {
		return err
	}
	if one[0] == nil {
		v, err := f.wrapper.zero()
		if err != nil {
			return f.errorf(err)
		}
		one[0] = v
	}
	f.put(row, one[0])
	return nil
}

func (f *field) zero() (any, error) {
	switch shapeOf(f.wire) {
	case shapeString, shapeBytes:
		return f.textual(nil, "")
	case shapeFloat:
		return f.float(0)
	default:
		return f.integer(0)
	}
}

func packable(f *field) bool {
	s := shapeOf(f.wire)
	return s != shapeString && s != shapeBytes && s != shapeOther
}

func (f *field) packed(body []byte, row []any) error {
	typ := protowire.VarintType
	switch f.wire {
	case pbDouble, pbFixed64, pbSfixed64:
		typ = protowire.Fixed64Type
	case pbFloat, pbFixed32, pbSfixed32:
		typ = protowire.Fixed32Type
	}
	for len(body) > 0 {
		v, n, err := f.scalar(typ, body)
		if err != nil {
			return err
		}
		f.put(row, v)
		body = body[n:]
	}
	return nil
}

func (f *field) errorf(err error) error {
	return types.Errorf("Field %s: %w", f.name, err)
}

// textual interprets a string or bytes by the column's type.
func (f *field) textual(body []byte, text string) (any, error) {
	if f.wire == pbBytes {
		switch f.kind {
		case types.Bytes:
			return body[:len(body):len(body)], nil
		case types.Numeric, types.BigNumeric:
			return types.DecimalBytes(f.kind, body)
		}
		return nil, errWire
	}
	if f.wire != pbString {
		return nil, errWire
	}
	if f.kind == types.Bytes {
		return []byte(text), nil
	}
	if !utf8.ValidString(text) {
		return nil, errors.New("the string is not valid UTF-8")
	}
	if f.kind == types.String {
		return text, nil
	}
	return types.Parse(f.kind, text)
}

// decodeTimestamp reads a google.protobuf.Timestamp.
func decodeTimestamp(msg []byte) (time.Time, error) {
	var sec, nanos int64
	for len(msg) > 0 {
		num, typ, n := protowire.ConsumeTag(msg)
		if n < 0 || typ != protowire.VarintType {
			return time.Time{}, errWire
		}
		v, m := protowire.ConsumeVarint(msg[n:])
		if m < 0 {
			return time.Time{}, errWire
		}
		switch num {
		case 1:
			sec = int64(v)
		case 2:
			nanos = int64(v)
		}
		msg = msg[n+m:]
	}
	if sec < math.MinInt64/1_000_000+1 || sec > math.MaxInt64/1_000_000-1 {
		return time.Time{}, errors.New("the timestamp is out of range")
	}
	t, ok := types.MicrosTimestamp(sec*1_000_000 + nanos/1000)
	if !ok {
		return time.Time{}, errors.New("the timestamp is out of range")
	}
	return t, nil
}
