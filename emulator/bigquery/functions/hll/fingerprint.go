package hll

import (
	"encoding/binary"
	"math/bits"
)

// The constants of the hash.
const (
	k0 = 0xa5b85c5e198ed849
	k1 = 0x8d58ac26afe12e47
	k2 = 0xc47b6e9e3a970ed3
	k3 = 0xc6a4a7935bd1e995
)

// fingerprint is the hash by which values are counted, Fingerprint2011.
func fingerprint(b []byte) uint64 {
	var h uint64
	switch n := len(b); {
	case n <= 32:
		h = short(b)
	case n <= 64:
		h = medium(b)
	default:
		h = long(b)
	}
	first, last := uint64(k0), uint64(k0)
	if len(b) >= 8 {
		first = word(b, 0)
	}
	if len(b) >= 9 {
		last = word(b, len(b)-8)
	}
	if h = combine(h+last, first); h <= 1 {
		h -= 2
	}
	return h
}

func word(b []byte, at int) uint64 { return binary.LittleEndian.Uint64(b[at:]) }

func mix(x uint64) uint64 { return x ^ x>>47 }

func right(x uint64, n int) uint64 { return bits.RotateLeft64(x, -n) }

func combine(high, low uint64) uint64 {
	a := mix((low ^ high) * k3)
	return mix((high^a)*k3) * k3
}

func short(b []byte) uint64 {
	h := uint64(k0^k1^k2) ^ uint64(len(b))*k3
	for ; len(b) >= 8; b = b[8:] {
		h = (h ^ mix(word(b, 0)*k3)*k3) * k3
	}
	if len(b) > 0 {
		rest := make([]byte, 8)
		copy(rest, b)
		h = (h ^ word(rest, 0)) * k3
	}
	return mix(mix(h) * k3)
}

// half is one of the two halves of medium.
func half(a, z, w1, w2 uint64) (first, second uint64) {
	b, c := right(a+z, 52), right(a, 37)
	a += w1
	c += right(a, 7)
	a += w2
	return a + z, b + right(a, 31) + c
}

func medium(b []byte) uint64 {
	n := len(b)
	vf, vs := half(word(b, 0)+(uint64(n)+word(b, n-16))*k0, word(b, 24), word(b, 8), word(b, 16))
	wf, ws := half(word(b, 16)+word(b, n-32), word(b, n-8), word(b, n-24), word(b, n-16))
	return mix(mix((vf+ws)*k2+(wf+vs)*k0)*k0+vs) * k2
}

// pair is the state that long keeps twice.
type pair struct{ a, b uint64 }

// weak mixes 32 bytes into a pair.
func weak(b []byte, x, y uint64) pair {
	x += word(b, 0)
	y = right(y+x+word(b, 24), 51)
	c := x
	x += word(b, 8) + word(b, 16)
	y += right(x, 23)
	return pair{x + word(b, 24), y + c}
}

func long(b []byte) uint64 {
	n := len(b)
	x, y, z := word(b, 0), word(b, n-16)^k1, word(b, n-56)^k0
	v := weak(b[n-64:], uint64(n), y)
	w := weak(b[n-32:], uint64(n)*k1, k0)
	z += mix(v.b) * k1
	x, y = right(z+x, 39)*k1, right(y, 33)*k1
	for rest := (n - 1) &^ 63; rest > 0; rest -= 64 {
		x = right(x+y+v.a+word(b, 16), 37) * k1
		y = right(y+v.b+word(b, 48), 42) * k1
		x ^= w.b
		y ^= v.a
		z = right(z^w.a, 33)
		v = weak(b, v.b*k1, x+w.a)
		w = weak(b[32:], z+w.b, y)
		x, z = z, x
		b = b[64:]
	}
	return combine(combine(v.a, w.a)+mix(y)*k1+z, combine(v.b, w.b)+x)
}
