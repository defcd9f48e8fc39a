package types

import (
	"math/big"
	"strings"
)

// BigBytes is how DuckDB holds a BIGNUMERIC, 32 bytes that compare as the numbers do: the
// number times 10^38 in two's complement, most significant byte first, with its sign inverted.
func BigBytes(s string) ([]byte, error) {
	r, ok := new(big.Rat).SetString(s)
	if !ok || len(s) > 200 || strings.ContainsAny(s, "/_xXpPbBoO") || exponentTooLarge(s) {
		return nil, badValue(BigNumeric, s)
	}
	return BigOf(r)
}

// BigOf is BigBytes of a number, rounded half away from zero.
func BigOf(r *big.Rat) ([]byte, error) {
	n, _ := new(big.Int).SetString(new(big.Rat).Mul(r, bigUnit).FloatString(0), 10)
	if n.BitLen() > 255 && n.CmpAbs(bigSign) != 0 || n.Cmp(maxBigNumeric) > 0 {
		return nil, Errorf("BIGNUMERIC overflow: %s", r.FloatString(0))
	}
	out := make([]byte, 32)
	n.Add(n, bigSign).FillBytes(out)
	return out, nil
}

// BigRat is the number of BigBytes.
func BigRat(b []byte) *big.Rat {
	n := new(big.Int).SetBytes(b)
	return new(big.Rat).Quo(new(big.Rat).SetInt(n.Sub(n, bigSign)), bigUnit)
}

// BigText is the number of BigBytes in BigQuery's notation.
func BigText(b []byte) string {
	s := strings.TrimSuffix(strings.TrimRight(BigRat(b).FloatString(bigNumericScale), "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}

var (
	bigUnit = new(big.Rat).SetInt(new(big.Int).Exp(ten, big.NewInt(bigNumericScale), nil))
	bigSign = new(big.Int).Lsh(big.NewInt(1), 255)
)
