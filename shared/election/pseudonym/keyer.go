// Package pseudonym turns voters' ids into the keys that tables hold.
package pseudonym

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"sync"
)

// Keyer makes the keys of one election. A voter has the same key in every record of
// the election, and another key in every other election. Nobody without the secret
// can tell whose key it is.
type Keyer struct {
	states sync.Pool // of *keyerState
}

type keyerState struct {
	mac hash.Hash
	sum []byte
	in  []byte
}

// voterKeyBytes is the length of a key. With 128 bits a collision among a billion
// voters is less likely than one in 10^20.
const voterKeyBytes = 16

// NewKeyer returns the Keyer of an election. The secret should have at least 16
// random bytes.
func NewKeyer(secret []byte, electionID string) *Keyer {
	secret = append([]byte(nil), secret...)
	prefix := append([]byte(electionID), 0)
	k := &Keyer{}
	k.states.New = func() any {
		return &keyerState{
			mac: hmac.New(sha256.New, secret),
			sum: make([]byte, 0, sha256.Size),
			in:  append(make([]byte, 0, 64), prefix...),
		}
	}
	return k
}

// VoterKey returns the key of a voter's id: base64url without padding of the
// first 16 bytes of HMAC-SHA256(secret, election id, 0x00, voter id). It is
// safe for concurrent use.
func (k *Keyer) VoterKey(voterID string) string {
	s := k.states.Get().(*keyerState)
	defer k.states.Put(s)
	prefix := len(s.in)
	s.in = append(s.in, voterID...)
	s.mac.Reset()
	s.mac.Write(s.in)
	s.in = s.in[:prefix]
	sum := s.mac.Sum(s.sum)
	return base64.RawURLEncoding.EncodeToString(sum[:voterKeyBytes])
}
