package columnar

import (
	"fmt"
	"math/big"
	"strings"
)

// unscaled is a decimal number, as Rows have it, times 10 to the power of scale.
func unscaled(s string, scale int) (*big.Int, error) {
	whole, fraction, _ := strings.Cut(s, ".")
	if len(fraction) > scale {
		return nil, fmt.Errorf("%s has more than %d digits after the point", s, scale)
	}
	n, ok := new(big.Int).SetString(whole+fraction+strings.Repeat("0", scale-len(fraction)), 10)
	if !ok {
		return nil, fmt.Errorf("%q is no decimal number", s)
	}
	return n, nil
}

// twosComplement is a number in the fewest bytes that hold its sign too, the highest first.
func twosComplement(n *big.Int) []byte {
	if n.Sign() >= 0 {
		b := n.Bytes()
		if len(b) == 0 || b[0]&0x80 != 0 {
			b = append([]byte{0}, b...)
		}
		return b
	}
	bits := new(big.Int).Not(n).BitLen() + 1
	size := (bits + 7) / 8
	b := new(big.Int).Add(n, new(big.Int).Lsh(big.NewInt(1), uint(8*size))).Bytes()
	for len(b) < size {
		b = append([]byte{0}, b...)
	}
	return b
}
