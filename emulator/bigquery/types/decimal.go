package types

import (
	"math/big"
	"strings"
)

// The limits of the exact decimal types: digits in all and after the point.
const (
	numericScale    = 9
	bigNumericScale = 38
)

var (
	ten           = big.NewInt(10)
	maxNumeric    = new(big.Int).Sub(new(big.Int).Exp(ten, big.NewInt(38), nil), big.NewInt(1))
	maxBigNumeric = new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 255), big.NewInt(1))
)

// parseDecimal reads NUMERIC or BIGNUMERIC and returns it in BigQuery's own
// notation: no exponent, no needless zeros. Digits beyond the type's scale are
// rounded, half away from zero.
func parseDecimal(k Kind, s string) (any, error) {
	text := strings.TrimSpace(s)
	short := text
	if strings.Contains(text, ".") {
		short = strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
	}
	if plainDecimal(short) {
		return short, nil
	}
	// Rat would read fractions, other bases and huge exponents.
	if len(text) > 100 || strings.ContainsAny(text, "/_xXpPbBoO") || exponentTooLarge(text) {
		return nil, badValue(k, s)
	}
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return nil, badValue(k, s)
	}
	scale := scaleOf(k)
	num := new(big.Int).Mul(r.Num(), new(big.Int).Exp(ten, big.NewInt(int64(scale)), nil))
	unscaled, rest := new(big.Int).QuoRem(num, r.Denom(), new(big.Int))
	if rest.Lsh(rest.Abs(rest), 1).Cmp(r.Denom()) >= 0 {
		unscaled.Add(unscaled, big.NewInt(int64(r.Sign())))
	}
	return Decimal(k, unscaled)
}

// plainDecimal recognizes the common case, a short number in normal form.
func plainDecimal(s string) bool {
	digits := strings.TrimPrefix(s, "-")
	whole, frac, point := strings.Cut(digits, ".")
	if whole == "" || len(whole) > 29 || len(whole) > 1 && whole[0] == '0' || s == "-0" {
		return false
	}
	if point && (frac == "" || len(frac) > numericScale || frac[len(frac)-1] == '0') {
		return false
	}
	for _, part := range []string{whole, frac} {
		for i := range len(part) {
			if part[i] < '0' || part[i] > '9' {
				return false
			}
		}
	}
	return true
}

func exponentTooLarge(s string) bool {
	_, exp, ok := strings.Cut(strings.ToLower(s), "e")
	return ok && len(strings.TrimLeft(exp, "+-")) > 2
}

func scaleOf(k Kind) int {
	if k == BigNumeric {
		return bigNumericScale
	}
	return numericScale
}

// Decimal writes an unscaled integer as a NUMERIC (scale 9) or BIGNUMERIC
// (scale 38). It fails when the type doesn't reach that far.
func Decimal(k Kind, unscaled *big.Int) (string, error) {
	limit := maxNumeric
	if k == BigNumeric {
		limit = maxBigNumeric
	}
	if unscaled.CmpAbs(limit) > 0 {
		return "", Errorf("Invalid %s value: %s", strings.ToUpper(k.Legacy()), unscaled)
	}
	scale := scaleOf(k)
	digits := new(big.Int).Abs(unscaled).String()
	if len(digits) <= scale {
		digits = strings.Repeat("0", scale+1-len(digits)) + digits
	}
	whole, frac := digits[:len(digits)-scale], strings.TrimRight(digits[len(digits)-scale:], "0")
	out := whole
	if frac != "" {
		out += "." + frac
	}
	if unscaled.Sign() < 0 {
		out = "-" + out
	}
	return out, nil
}

// DecimalBytes reads the binary form of the Storage Write API: the unscaled
// integer in two's complement, least significant byte first.
func DecimalBytes(k Kind, b []byte) (string, error) {
	if len(b) == 0 || len(b) > 32 {
		return "", Errorf("Invalid %s value: %d bytes", strings.ToUpper(k.Legacy()), len(b))
	}
	be := make([]byte, len(b))
	for i, c := range b {
		be[len(b)-1-i] = c
	}
	n := new(big.Int).SetBytes(be)
	if be[0]&0x80 != 0 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	return Decimal(k, n)
}
