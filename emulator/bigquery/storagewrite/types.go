package storagewrite

import (
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// Short names of the protocol buffer types.
const (
	pbDouble   = descriptorpb.FieldDescriptorProto_TYPE_DOUBLE
	pbFloat    = descriptorpb.FieldDescriptorProto_TYPE_FLOAT
	pbInt64    = descriptorpb.FieldDescriptorProto_TYPE_INT64
	pbUint64   = descriptorpb.FieldDescriptorProto_TYPE_UINT64
	pbInt32    = descriptorpb.FieldDescriptorProto_TYPE_INT32
	pbFixed64  = descriptorpb.FieldDescriptorProto_TYPE_FIXED64
	pbFixed32  = descriptorpb.FieldDescriptorProto_TYPE_FIXED32
	pbBool     = descriptorpb.FieldDescriptorProto_TYPE_BOOL
	pbString   = descriptorpb.FieldDescriptorProto_TYPE_STRING
	pbBytes    = descriptorpb.FieldDescriptorProto_TYPE_BYTES
	pbUint32   = descriptorpb.FieldDescriptorProto_TYPE_UINT32
	pbEnum     = descriptorpb.FieldDescriptorProto_TYPE_ENUM
	pbSfixed32 = descriptorpb.FieldDescriptorProto_TYPE_SFIXED32
	pbSfixed64 = descriptorpb.FieldDescriptorProto_TYPE_SFIXED64
	pbSint32   = descriptorpb.FieldDescriptorProto_TYPE_SINT32
	pbSint64   = descriptorpb.FieldDescriptorProto_TYPE_SINT64
	pbMessage  = descriptorpb.FieldDescriptorProto_TYPE_MESSAGE
	pbGroup    = descriptorpb.FieldDescriptorProto_TYPE_GROUP
)

// wrappers are the types of the value in google.protobuf's wrappers.
var wrappers = map[string]descriptorpb.FieldDescriptorProto_Type{
	"DoubleValue": pbDouble, "FloatValue": pbFloat, "Int64Value": pbInt64, "UInt64Value": pbUint64,
	"Int32Value": pbInt32, "UInt32Value": pbUint32, "BoolValue": pbBool, "StringValue": pbString, "BytesValue": pbBytes,
}

// shape groups the types by what they are read as.
type shape uint8

const (
	shapeOther shape = iota
	shapeInt
	shapeFloat
	shapeBool
	shapeString
	shapeBytes
	shapeEnum
)

func shapeOf(t descriptorpb.FieldDescriptorProto_Type) shape {
	switch t {
	case pbDouble, pbFloat:
		return shapeFloat
	case pbBool:
		return shapeBool
	case pbString:
		return shapeString
	case pbBytes:
		return shapeBytes
	case pbEnum:
		return shapeEnum
	case pbMessage, pbGroup:
		return shapeOther
	}
	return shapeInt
}

// accepted lists what a column takes, after the table of conversions in
// https://cloud.google.com/bigquery/docs/supported-data-types.
var accepted = map[types.Kind][]shape{
	types.Bool:       {shapeBool, shapeInt},
	types.Bytes:      {shapeBytes, shapeString},
	types.Date:       {shapeInt, shapeString},
	types.Datetime:   {shapeString, shapeInt},
	types.Time:       {shapeString, shapeInt},
	types.Float64:    {shapeFloat},
	types.Geography:  {shapeString},
	types.Interval:   {shapeString},
	types.Int64:      {shapeInt, shapeEnum},
	types.JSON:       {shapeString},
	types.Numeric:    {shapeInt, shapeFloat, shapeString, shapeBytes},
	types.BigNumeric: {shapeInt, shapeFloat, shapeString, shapeBytes},
	types.String:     {shapeString, shapeEnum},
	types.Timestamp:  {shapeInt, shapeString},
}

// accepts reports whether a column of kind k takes values of type t.
func accepts(k types.Kind, t descriptorpb.FieldDescriptorProto_Type) bool {
	have := shapeOf(t)
	if k == types.Int64 && (t == pbUint64 || t == pbFixed64) {
		return false // beyond INT64
	}
	for _, s := range accepted[k] {
		if s == have {
			return true
		}
	}
	return false
}
