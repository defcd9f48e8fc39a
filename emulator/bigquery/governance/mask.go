package governance

import (
	"fmt"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// Masker masks the fields of a table for a caller.
type Masker struct {
	Store  *Store
	Caller string // such as user:ann@example.com
	Table  string // as messages name it
}

// Column is an expression in GoogleSQL for a column as the caller sees it, and whether anything of it
// is masked. What the caller may not read at all is in it as it is: whoever reads the column refuses that.
func (m Masker) Column(f *bqv2.TableFieldSchema, t *types.Type) (expr string, masked bool, err error) {
	return m.field(f, t, "`"+f.Name+"`", f.Name)
}

// field is Column of a field at a path, whose value is a variable or part of one.
func (m Masker) field(f *bqv2.TableFieldSchema, t *types.Type, value, path string) (string, bool, error) {
	if len(f.Fields) == 0 {
		a := m.Store.Access(m.Caller, f, m.Table+"."+path)
		if a.Mask == nil {
			return value, false, nil
		}
		expr, err := m.Store.mask(a.Mask, t, value, m.Table+"."+path)
		return expr, true, err
	}
	if t.Kind == types.Array {
		const element = "_emulator_element"
		made, masked, err := m.record(f, t.Elem, element, path)
		if err != nil || !masked {
			return value, false, err
		}
		return fmt.Sprintf("ARRAY(SELECT %s FROM UNNEST(%s) AS %s WITH OFFSET AS _emulator_offset ORDER BY _emulator_offset)", made, value, element), true, nil
	}
	made, masked, err := m.record(f, t, value, path)
	return made, masked, err
}

// record is a STRUCT with the fields that the caller sees.
func (m Masker) record(f *bqv2.TableFieldSchema, t *types.Type, value, path string) (string, bool, error) {
	list, some := make([]string, len(f.Fields)), false
	for i, sub := range f.Fields {
		expr, masked, err := m.field(sub, t.Fields[i].Type, value+".`"+sub.Name+"`", path+"."+sub.Name)
		if err != nil {
			return "", false, err
		}
		list[i], some = expr+" AS `"+sub.Name+"`", some || masked
	}
	if !some {
		return value, false, nil
	}
	return fmt.Sprintf("IF(%s IS NULL, NULL, STRUCT(%s))", value, strings.Join(list, ", ")), true, nil
}

// defaults are the values of DEFAULT_MASKING_VALUE
// (https://cloud.google.com/bigquery/docs/column-data-masking-intro#masking_options).
var defaults = map[types.Kind]string{
	types.String: "''", types.Bytes: "b''", types.Int64: "0", types.Float64: "0.0", types.Numeric: "NUMERIC '0'", types.BigNumeric: "BIGNUMERIC '0'",
	types.Bool: "FALSE", types.Timestamp: "TIMESTAMP '1970-01-01 00:00:00+00'", types.Date: "DATE '1970-01-01'", types.Time: "TIME '00:00:00'",
	types.Datetime: "DATETIME '1970-01-01 00:00:00'", types.Geography: "ST_GEOGPOINT(0, 0)", types.JSON: "CAST(NULL AS JSON)",
}

// email is the syntax of a valid address (https://html.spec.whatwg.org/#valid-e-mail-address).
const email = "r\"^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$\""

// mask is the expression of a policy's rule over a value.
func (s *Store) mask(p *DataPolicy, t *types.Type, value, column string) (string, error) {
	rule := p.Masking.Predefined
	hashed := "TO_BASE64(SHA256(" + value + "))"
	switch {
	case rule == customRule:
		n := routineName.FindStringSubmatch(p.Masking.Routine)
		return fmt.Sprintf("`%s`.`%s`.`%s`(%s)", n[1], n[2], n[3], value), nil
	case rule == alwaysNull:
		return "CAST(NULL AS " + t.String() + ")", nil
	case rule == defaultValue && t.Kind == types.Array:
		return "CAST([] AS " + t.String() + ")", nil
	case rule == defaultValue && defaults[t.Kind] != "":
		return defaults[t.Kind], nil
	case rule == sha256Rule && t.Kind == types.String:
		return hashed, nil
	case rule == sha256Rule && t.Kind == types.Bytes:
		return "SHA256(" + value + ")", nil
	case rule == randomHash && (t.Kind == types.String || t.Kind == types.Bytes):
		return s.randomHash(p, t, value), nil
	case rule == lastFour && t.Kind == types.String:
		return fmt.Sprintf("IF(CHAR_LENGTH(%[1]s) > 4, CONCAT('XXXXX', RIGHT(%[1]s, 4)), %[2]s)", value, hashed), nil
	case rule == firstFour && t.Kind == types.String:
		return fmt.Sprintf("IF(CHAR_LENGTH(%[1]s) > 4, CONCAT(LEFT(%[1]s, 4), 'XXXXX'), %[2]s)", value, hashed), nil
	case rule == emailMask && t.Kind == types.String:
		return fmt.Sprintf("IF(REGEXP_CONTAINS(%[1]s, %[2]s), CONCAT('XXXXX', SUBSTR(%[1]s, STRPOS(%[1]s, '@'))), %[3]s)", value, email, hashed), nil
	case rule == dateYearMask && (t.Kind == types.Date || t.Kind == types.Datetime || t.Kind == types.Timestamp):
		return fmt.Sprintf("%s_TRUNC(%s, YEAR)", t, value), nil
	}
	return "", bqerror.Unsupported("The masking rule %s of the data policy %s on the column %s of type %s", rule, p.Name, column, t)
}

// randomHash is a hash with a salt of the project, of this run of the emulator and of the time of the statement.
func (s *Store) randomHash(p *DataPolicy, t *types.Type, value string) string {
	salt := fmt.Sprintf("CONCAT('%s %s ', CAST(UNIX_MICROS(CURRENT_TIMESTAMP()) AS STRING), ' ')", s.salt, projectOf(p.Name))
	if t.Kind == types.Bytes {
		return fmt.Sprintf("SHA256(CONCAT(CAST(%s AS BYTES), %s))", salt, value)
	}
	return fmt.Sprintf("TO_BASE64(SHA256(CONCAT(%s, %s)))", salt, value)
}
