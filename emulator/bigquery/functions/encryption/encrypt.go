// Package encryption holds the functions of AEAD encryption, on Tink, whose keysets and ciphertexts they have
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/aead_encryption_functions).
package encryption

import (
	"database/sql/driver"
	"unicode/utf8"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/daead"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// Groups are the functions of the package, one group a file.
var Groups = []function.Group{keysets, encryption}

// encryption are functions that encrypt and decrypt.
var encryption = function.Group{
	Scalars: map[string]function.Scalar{
		"aead.encrypt":                 fresh("bq_aead_encrypt($1, $2, $3, random())"),
		"aead.decrypt_bytes":           plain("bq_aead_decrypt($1, $2, $3, 'AEAD.DECRYPT_BYTES')"),
		"aead.decrypt_string":          plain("bq_utf8(bq_aead_decrypt($1, $2, $3, 'AEAD.DECRYPT_STRING'), 'AEAD.DECRYPT_STRING')"),
		"deterministic_encrypt":        plain("bq_daead_encrypt($1, $2, $3)"),
		"deterministic_decrypt_bytes":  plain("bq_daead_decrypt($1, $2, $3, 'DETERMINISTIC_DECRYPT_BYTES')"),
		"deterministic_decrypt_string": plain("bq_utf8(bq_daead_decrypt($1, $2, $3, 'DETERMINISTIC_DECRYPT_STRING'), 'DETERMINISTIC_DECRYPT_STRING')"),
	},
	Natives: []function.Native{
		{Name: "bq_aead_encrypt", Args: function.Types{function.Blob, function.Blob, function.Blob, function.Double}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			return applied("AEAD.ENCRYPT", a, random, encrypt)
		}},
		{Name: "bq_aead_decrypt", Args: function.Types{function.Blob, function.Blob, function.Blob, function.Text}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			return applied(a[3].(string), a, random, decrypt)
		}},
		{Name: "bq_daead_encrypt", Args: function.Types{function.Blob, function.Blob, function.Blob}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			return applied("DETERMINISTIC_ENCRYPT", a, deterministic, encrypt)
		}},
		{Name: "bq_daead_decrypt", Args: function.Types{function.Blob, function.Blob, function.Blob, function.Text}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			return applied(a[3].(string), a, deterministic, decrypt)
		}},
		{Name: "bq_utf8", Args: function.Types{function.Blob, function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			if b := a[0].([]byte); utf8.Valid(b) {
				return string(b), nil
			}
			return nil, function.Errorf("%s failed: Decrypted value is not valid UTF-8", a[1])
		}},
	},
}

// plain translates a call whose keyset is one, and whose texts become bytes.
func plain(template string) function.Scalar {
	return func(c *function.Call) string {
		if c.Types[0].Kind == types.Struct {
			bqerror.Refuse("%s with a keyset chain, which Cloud KMS decrypts,", c.Display())
		}
		b := *c
		b.Args = make([]string, len(c.Args))
		for i, a := range c.Args {
			b.Args[i] = a
			if i > 0 && c.Types[i].Kind == types.String && c.Name != "keys.rotate_keyset" && c.Name != "keys.add_key_from_raw_bytes" {
				b.Args[i] = "encode(" + a + ")"
			}
		}
		return b.Fill(template)
	}
}

// fresh is plain for what differs each time.
func fresh(template string) function.Scalar {
	return func(c *function.Call) string {
		c.Volatile()
		return plain(template)(c)
	}
}

// cipher encrypts and decrypts by the keys of a keyset: a text with its additional data.
type cipher struct {
	encrypt, decrypt func(text, additional []byte) ([]byte, error)
}

// kind is a kind of ciphers, operation what they do.
type (
	kind      int
	operation int
)

const (
	random kind = iota
	deterministic
)

const (
	encrypt operation = iota
	decrypt
)

// maxCiphers is how many keysets are ready for use.
const maxCiphers = 1000

type cipherKey struct {
	kind   kind
	keyset string
}

var ciphers, _ = lru.New[cipherKey, cipher](maxCiphers) // fails only for no entries at all

// cipherOf is the cipher of a keyset.
func cipherOf(name string, serialized []byte, k kind) (cipher, error) {
	return function.Kept(ciphers, cipherKey{k, string(serialized)}, func(cipherKey) (cipher, error) { return newCipher(name, serialized, k) })
}

func newCipher(name string, serialized []byte, k kind) (cipher, error) {
	h, err := handle(name, serialized)
	if err != nil {
		return cipher{}, err
	}
	if k == deterministic {
		p, err := daead.New(h)
		if err != nil {
			return cipher{}, function.Errorf("%s failed: %v", name, err)
		}
		return cipher{p.EncryptDeterministically, p.DecryptDeterministically}, nil
	}
	p, err := aead.New(h)
	if err != nil {
		return cipher{}, function.Errorf("%s failed: %v", name, err)
	}
	return cipher{p.Encrypt, p.Decrypt}, nil
}

// applied encrypts or decrypts the second argument by the keyset that is the first; the third is the additional data.
func applied(name string, a []driver.Value, k kind, o operation) (any, error) {
	c, err := cipherOf(name, a[0].([]byte), k)
	if err != nil {
		return nil, err
	}
	do := c.encrypt
	if o == decrypt {
		do = c.decrypt
	}
	out, err := do(a[1].([]byte), a[2].([]byte))
	if err != nil {
		return nil, function.Errorf("%s failed: %v", name, err)
	}
	return out, nil
}
