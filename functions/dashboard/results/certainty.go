package results

import "math/big"

// certainty is what can be said of something, whatever isn't shown.
type certainty int

const (
	surely certainty = iota
	perhaps
	never
)

// reaches says whether a part of the votes is at least a share of them, or more than that. Both may
// differ by lag ballots: each may have come to the part or to the rest, or gone from one of them.
func reaches(share *big.Rat, more bool, part, whole, lag int64) certainty {
	enough := func(part, whole int64) bool { return part >= leastOf(share, max(whole, 0), more) }
	switch {
	case share.Sign() == 0 && !more:
		return surely
	// How far the part is from enough changes with each ballot by the same, so that the
	// worst is one of two: all are taken from the part, or all come to the rest.
	case part > lag && enough(part-lag, whole-lag) && enough(part, whole+lag):
		return surely
	case !enough(part+lag, whole+lag) && !enough(part, whole-lag):
		return never
	}
	return perhaps
}

// within says whether a part that may differ by lag is at least a share of a whole that doesn't.
func within(share *big.Rat, part, whole, lag int64) certainty {
	least := leastOf(share, whole, false)
	switch {
	case part-lag >= least:
		return surely
	case part+lag < least:
		return never
	}
	return perhaps
}

// leastOf is the least part of a whole that is a share of it, or more than that.
func leastOf(share *big.Rat, whole int64, more bool) int64 {
	of := new(big.Rat).Mul(share, new(big.Rat).SetInt64(whole))
	least := new(big.Int).Quo(of.Num(), of.Denom()).Int64()
	if more || !of.IsInt() {
		least++
	}
	return least
}
