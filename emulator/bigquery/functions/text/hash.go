package text

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"database/sql/driver"

	"github.com/dgryski/go-farm"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// hashes are hash functions.
var hashes = function.Group{
	Scalars: map[string]function.Scalar{
		"md5":              digest("md5"),
		"sha1":             digest("sha1"),
		"sha256":           digest("sha256"),
		"sha512":           digest("sha512"),
		"farm_fingerprint": function.ByKind("bq_farm_fingerprint(encode($1))", "bq_farm_fingerprint($1)"),
	},
	Natives: []function.Native{
		{Name: "bq_digest", Args: function.Types{function.Blob, function.Text}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			b := a[0].([]byte)
			switch a[1].(string) {
			case "md5":
				h := md5.Sum(b)
				return h[:], nil
			case "sha1":
				h := sha1.Sum(b)
				return h[:], nil
			case "sha256":
				h := sha256.Sum256(b)
				return h[:], nil
			default:
				h := sha512.Sum512(b)
				return h[:], nil
			}
		}},
		{Name: "bq_farm_fingerprint", Args: function.Types{function.Blob}, Result: function.Integer, Call: func(a []driver.Value) (any, error) {
			return int64(farm.Fingerprint64(a[0].([]byte))), nil
		}},
	},
}

func digest(name string) function.Scalar {
	return function.ByKind("bq_digest(encode($1), '"+name+"')", "bq_digest($1, '"+name+"')")
}
