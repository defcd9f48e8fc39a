package cast

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// bitsPerDigit are the formats whose digits are bits of all bytes together.
var bitsPerDigit = map[string]int{"BASE2": 1, "BASE8": 3}

// mimeLine is how many characters a line of BASE64M has.
const mimeLine = 76

// bytesText is BYTES in a format of CAST
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/format-elements#format_bytes_as_string).
func bytesText(b []byte, format string) (any, error) {
	switch f := strings.ToUpper(format); f {
	case "HEX", "BASE16":
		return hex.EncodeToString(b), nil
	case "BASE64":
		return base64.StdEncoding.EncodeToString(b), nil
	case "BASE64M":
		return broken(base64.StdEncoding.EncodeToString(b)), nil
	case "BASE32":
		return base32.StdEncoding.EncodeToString(b), nil
	case "BASE2", "BASE8":
		return bitText(b, bitsPerDigit[f]), nil
	case "ASCII":
		for _, c := range b {
			if c >= utf8.RuneSelf {
				return nil, function.Errorf("BYTES with a byte %#x is not ASCII", c)
			}
		}
		return string(b), nil
	case "UTF-8", "UTF8":
		if !utf8.Valid(b) {
			return nil, function.Errorf("Invalid UTF-8")
		}
		return string(b), nil
	}
	return nil, function.Errorf("Invalid format %q for a cast between BYTES and STRING", format)
}

// broken has a line break behind every 76 characters but the last.
func broken(s string) string {
	var b strings.Builder
	for len(s) > mimeLine {
		b.WriteString(s[:mimeLine] + "\n")
		s = s[mimeLine:]
	}
	return b.String() + s
}

// bitText writes digits of so many bits; zeros fill up the last.
func bitText(b []byte, size int) string {
	var bits, out strings.Builder
	for _, c := range b {
		fmt.Fprintf(&bits, "%08b", c)
	}
	for s := bits.String(); s != ""; s = s[min(size, len(s)):] {
		digit, _ := strconv.ParseUint((s + "00")[:size], 2, 8)
		out.WriteString(strconv.FormatUint(digit, 10))
	}
	return out.String()
}

// textBytes is text in a format of CAST as BYTES.
func textBytes(s, format string) (any, error) {
	decode := func(b []byte, err error) (any, error) {
		if err != nil {
			return nil, function.Errorf("Failed to decode %q as %s", s, strings.ToUpper(format))
		}
		return b, nil
	}
	switch f := strings.ToUpper(format); f {
	case "HEX", "BASE16":
		if len(s)%2 == 1 {
			s = "0" + s
		}
		return decode(hex.DecodeString(s))
	case "BASE64", "BASE64M":
		return decode(base64.RawStdEncoding.DecodeString(strings.TrimRight(strings.Join(strings.Fields(s), ""), "=")))
	case "BASE32":
		return decode(base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.TrimRight(s, "=")))
	case "BASE2", "BASE8":
		return decode(bitsOf(s, bitsPerDigit[f]))
	case "ASCII":
		for i := range len(s) {
			if s[i] >= utf8.RuneSelf {
				return nil, function.Errorf("%q is not ASCII", s)
			}
		}
		return []byte(s), nil
	case "UTF-8", "UTF8":
		return []byte(s), nil
	}
	return nil, function.Errorf("Invalid format %q for a cast between BYTES and STRING", format)
}

// bitsOf reads digits of so many bits; those that fill up the last byte are left out.
func bitsOf(s string, size int) ([]byte, error) {
	var bits strings.Builder
	for _, r := range s {
		digit := int(r - '0')
		if digit < 0 || digit >= 1<<size {
			return nil, strconv.ErrSyntax
		}
		fmt.Fprintf(&bits, "%0*b", size, digit)
	}
	out := []byte{}
	for all := bits.String(); len(all) >= 8; all = all[8:] {
		n, err := strconv.ParseUint(all[:8], 2, 8)
		if err != nil {
			return nil, err
		}
		out = append(out, byte(n))
	}
	return out, nil
}
