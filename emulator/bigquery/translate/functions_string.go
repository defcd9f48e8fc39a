package translate

import (
	"fmt"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// string functions. Those of BYTES have names of their own in DuckDB.
var _ = register(map[string]function{
	"$concat_op":  concat,
	"concat":      concat,
	"length":      byKind("length($1)", "octet_length($1)"),
	"char_length": sql("length($1)"), "character_length": sql("length($1)"),
	"byte_length": byKind("strlen($1)", "octet_length($1)"), "octet_length": byKind("strlen($1)", "octet_length($1)"),
	"lower":  onlyText("lower($1)"),
	"upper":  onlyText("upper($1)"),
	"substr": substr, "substring": substr,
	"left":  byKind("bq_left($1, $2)", "bq_bytes_substr($1, 1, $2)"),
	"right": byKind("bq_right($1, $2)", "bq_bytes_right($1, $2)"),
	"trim":  trim("trim"), "ltrim": trim("ltrim"), "rtrim": trim("rtrim"),
	"lpad": pad("lpad"), "rpad": pad("rpad"),
	"repeat":  byKind("repeat($1, CAST(greatest($2, 0) AS BIGINT))", "bq_bytes_repeat($1, $2)"),
	"reverse": byKind("bq_reverse($1)", "bq_bytes_reverse($1)"),
	"replace": byKind("CASE WHEN $2 = '' THEN $1 ELSE replace($1, $2, $3) END", "bq_bytes_replace($1, $2, $3)"),
	"strpos":  byKind("strpos($1, $2)", "bq_bytes_strpos($1, $2)"),
	"instr": func(c *call) string {
		return fmt.Sprintf("bq_instr(%s, %s, %s, %s)", c.args[0], c.args[1], c.arg(2, "1"), c.arg(3, "1"))
	},
	"starts_with":            byKind("starts_with($1, $2)", "bq_bytes_starts($1, $2)"),
	"ends_with":              byKind("ends_with($1, $2)", "bq_bytes_ends($1, $2)"),
	"contains_substr":        containsSubstr,
	"split":                  split,
	"initcap":                byCount(map[int]string{1: "bq_initcap($1, ' \t\n\v\f\r[](){}/|<>!?@\"^#$&~_,.:;*%+-')", 2: "bq_initcap($1, $2)"}),
	"translate":              sql("bq_translate($1, $2, $3)"),
	"ascii":                  sql("bq_ascii($1)"),
	"chr":                    sql("bq_chr($1)"),
	"unicode":                sql("CASE WHEN $1 = '' THEN 0 ELSE unicode($1) END"),
	"normalize":              func(c *call) string { return "bq_normalize(" + c.args[0] + ", '" + c.arg(1, "NFC") + "')" },
	"normalize_and_casefold": func(c *call) string { return "bq_casefold(" + c.args[0] + ", '" + c.arg(1, "NFC") + "')" },
	"soundex":                sql("bq_soundex($1)"),
	"edit_distance": func(c *call) string {
		return "bq_edit_distance(" + c.args[0] + ", " + c.args[1] + ", " + c.arg(2, "NULL::BIGINT") + ")"
	},
	"code_points_to_string": sql("bq_code_points_to_string(to_json($1)::VARCHAR)"),
	"code_points_to_bytes":  sql("bq_code_points_to_bytes(to_json($1)::VARCHAR)"),
	"to_code_points":        byKind("CAST(bq_to_code_points($1) AS BIGINT[])", "CAST(bq_bytes_to_code_points($1) AS BIGINT[])"),
	"format":                format,

	"regexp_contains": pattern("bq_regexp_contains($1, $2)"),
	"regexp_extract":  regexpExtract, "regexp_substr": regexpExtract,
	"regexp_extract_all": pattern("bq_regexp_extract_all($1, $2)"),
	"regexp_replace":     pattern("bq_regexp_replace($1, $2, $3)"),
	"regexp_instr":       regexpInstr,

	"to_hex":                       sql("lower(hex($1))"),
	"from_hex":                     sql("bq_from_hex($1)"),
	"to_base64":                    sql("to_base64($1)"),
	"from_base64":                  sql("bq_from_base64($1)"),
	"to_base32":                    sql("bq_to_base32($1)"),
	"from_base32":                  sql("bq_from_base32($1)"),
	"safe_convert_bytes_to_string": sql("bq_safe_string($1)"),
	"md5":                          digest("md5"), "sha1": digest("sha1"), "sha256": digest("sha256"), "sha512": digest("sha512"),
	"farm_fingerprint": sql("bq_farm_fingerprint(" + asBytes + ")"),
	"collate":          func(c *call) string { return c.collate() },
	"parse_numeric":    sql("CAST(bq_string_to_numeric($1) AS DECIMAL(38,9))"),
	"parse_bignumeric": sql("CAST(bq_string_to_bignumeric($1) AS DECIMAL(38,18))"),

	"net.host":                sql("bq_net_host($1)"),
	"net.public_suffix":       sql("bq_net_public_suffix($1)"),
	"net.reg_domain":          sql("bq_net_reg_domain($1)"),
	"net.ip_from_string":      sql("bq_net_ip_from_string($1)"),
	"net.safe_ip_from_string": sql("TRY(bq_net_ip_from_string($1))"),
	"net.ip_to_string":        sql("bq_net_ip_to_string($1)"),
	"net.ip_trunc":            sql("bq_net_ip_trunc($1, $2)"),
	"net.ip_net_mask":         sql("bq_net_ip_net_mask($1, $2)"),
	"net.ipv4_from_int64":     sql("bq_net_ipv4_from_int64($1)"),
	"net.ipv4_to_int64":       sql("bq_net_ipv4_to_int64($1)"),
})

// asBytes is the first argument as BYTES.
const asBytes = "CAST($1 AS BLOB)"

// byKind chooses a template for STRING or for BYTES by the first argument.
func byKind(text, bytes string) function {
	return func(c *call) string {
		if c.types[0].Kind == types.Bytes {
			return c.fill(bytes)
		}
		return c.fill(text)
	}
}

// onlyText is a function that the emulator has for STRING only.
func onlyText(template string) function {
	return func(c *call) string {
		if c.types[0].Kind == types.Bytes {
			unsupported("%s of BYTES", displayName(c.name))
		}
		return c.fill(template)
	}
}

// concat also joins arrays. NULL in, NULL out.
func concat(c *call) string {
	return "(" + strings.Join(c.args, " || ") + ")"
}

func substr(c *call) string {
	if c.types[0].Kind == types.Bytes {
		return "bq_bytes_substr(" + c.args[0] + ", " + c.args[1] + ", " + c.arg(2, "9223372036854775807") + ")"
	}
	if len(c.args) == 2 {
		return c.fill("bq_substr_from($1, $2)")
	}
	return c.fill("bq_substr($1, $2, $3)")
}

func trim(name string) function {
	return func(c *call) string {
		switch {
		case c.types[0].Kind == types.Bytes:
			return "bq_bytes_trim(" + c.args[0] + ", " + c.args[1] + ", '" + name + "')"
		case len(c.args) == 1:
			return "bq_trim(" + c.args[0] + ", '" + name + "')"
		}
		return name + "(" + c.args[0] + ", " + c.args[1] + ")"
	}
}

func pad(name string) function {
	return func(c *call) string {
		if c.types[0].Kind == types.Bytes {
			return "bq_bytes_pad(" + c.args[0] + ", " + c.args[1] + ", " + c.arg(2, "from_hex('20')") + ", '" + name + "')"
		}
		return "bq_" + name + "(" + c.args[0] + ", " + c.args[1] + ", " + c.arg(2, "' '") + ")"
	}
}

func split(c *call) string {
	if c.types[0].Kind == types.Bytes {
		unsupported("SPLIT of BYTES")
	}
	return "bq_split(" + c.args[0] + ", " + c.arg(1, "','") + ")"
}

func containsSubstr(c *call) string {
	if c.types[0].Kind != types.String {
		return fmt.Sprintf("bq_contains_substr(CAST(to_json(%s) AS VARCHAR), %s)", c.args[0], c.args[1])
	}
	return c.fill("bq_contains_substr($1, $2)")
}

// pattern is a function with a regular expression as its second argument.
func pattern(template string) function {
	return func(c *call) string {
		if c.types[0].Kind == types.Bytes {
			unsupported("%s of BYTES", displayName(c.name))
		}
		return c.fill(template)
	}
}

func regexpExtract(c *call) string {
	if c.types[0].Kind == types.Bytes {
		unsupported("%s of BYTES", displayName(c.name))
	}
	return fmt.Sprintf("bq_regexp_extract(%s, %s, %s, %s)", c.args[0], c.args[1], c.arg(2, "1"), c.arg(3, "1"))
}

func regexpInstr(c *call) string {
	return fmt.Sprintf("bq_regexp_instr(%s, %s, %s, %s, %s)", c.args[0], c.args[1], c.arg(2, "1"), c.arg(3, "1"), c.arg(4, "0"))
}

func digest(name string) function {
	return sql("bq_digest(" + asBytes + ", '" + name + "')")
}

// collate keeps the text: only binary collation is supported.
func (c *call) collate() string {
	if s, ok := c.literalString(1); !ok || s != "" && s != "binary" {
		unsupported("COLLATE")
	}
	return c.args[0]
}

// format passes its arguments as JSON, with their types beside them.
func format(c *call) string {
	args := make([]string, 0, 2*len(c.args))
	for i := 1; i < len(c.args); i++ {
		args = append(args, quoteString(c.types[i].String()), c.t.formatted(c.args[i], c.types[i]))
	}
	if len(args) == 0 {
		return c.fill("bq_format($1)")
	}
	return "bq_format(" + c.args[0] + ", " + strings.Join(args, ", ") + ")"
}

// formatted is a value as text for FORMAT: JSON for what is structured.
func (t *translator) formatted(x string, typ *types.Type) string {
	switch typ.Kind {
	case types.Array, types.Struct:
		return t.toJSON(x, typ)
	case types.Bytes:
		return "lower(hex(" + x + "))"
	case types.String, types.JSON:
		return x
	case types.Bool:
		return "CAST(" + x + " AS VARCHAR)"
	default:
		return t.convert(x, typ, types.Of(types.String), false)
	}
}
