package ledger

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
)

// Keyer returns the function from a voter's id to the key that the warehouse
// holds in its place: the first 128 bits of an HMAC-SHA256 over the election's
// id, a zero byte and the voter's id, in base64url without padding.
func Keyer(hmacKey []byte, electionID string) func(voterID string) string {
	mac := hmac.New(sha256.New, hmacKey)
	return func(voterID string) string {
		mac.Reset()
		mac.Write([]byte(electionID))
		mac.Write([]byte{0})
		mac.Write([]byte(voterID))
		return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:16])
	}
}
