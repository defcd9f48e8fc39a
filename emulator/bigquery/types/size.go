package types

// Bytes is the logical size of a value of the type as BigQuery prices it; texts
// count as 16 bytes.
func (t *Type) Bytes() int64 {
	switch t.Kind {
	case Bool:
		return 1
	case Numeric, Interval, String, Bytes, JSON, Geography:
		return 16
	case BigNumeric:
		return 32
	case Array:
		return t.Elem.Bytes()
	case Range:
		return 2 * t.Elem.Bytes()
	case Struct:
		return RowBytes(t.Fields)
	default:
		return 8
	}
}

// RowBytes is the logical size of a row.
func RowBytes(columns []Field) int64 {
	var n int64
	for _, c := range columns {
		n += c.Type.Bytes()
	}
	return n
}
