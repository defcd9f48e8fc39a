package encryption

import (
	"bytes"
	"crypto/rand"
	"database/sql/driver"
	"encoding/binary"
	"encoding/json"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/daead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	gcmpb "github.com/tink-crypto/tink-go/v2/proto/aes_gcm_go_proto"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// keysets are functions of keysets: messages google.crypto.tink.Keyset, in clear.
var keysets = function.Group{
	Scalars: map[string]function.Scalar{
		"keys.new_keyset":             fresh("bq_new_keyset($1, random())"),
		"keys.rotate_keyset":          fresh("bq_rotate_keyset($1, $2, random())"),
		"keys.add_key_from_raw_bytes": fresh("bq_add_raw_key($1, $2, $3, random())"),
		"keys.keyset_length":          plain("bq_keyset_length($1)"),
		"keys.keyset_to_json":         plain("bq_keyset_json($1)"),
		"keys.keyset_from_json":       function.SQL("bq_json_keyset($1)"),
	},
	Natives: []function.Native{
		{Name: "bq_new_keyset", Args: function.Types{function.Text, function.Double}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			return rotated("KEYS.NEW_KEYSET", nil, a[0].(string))
		}},
		{Name: "bq_rotate_keyset", Args: function.Types{function.Blob, function.Text, function.Double}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			return rotated("KEYS.ROTATE_KEYSET", a[0].([]byte), a[1].(string))
		}},
		{Name: "bq_add_raw_key", Args: function.Types{function.Blob, function.Text, function.Blob, function.Double}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			return withRawKey(a[0].([]byte), a[1].(string), a[2].([]byte))
		}},
		{Name: "bq_keyset_length", Args: function.Types{function.Blob}, Result: function.Integer, Call: func(a []driver.Value) (any, error) {
			k, err := message("KEYS.KEYSET_LENGTH", a[0].([]byte))
			return int64(len(k.GetKey())), err
		}},
		{Name: "bq_keyset_json", Args: function.Types{function.Blob}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			return keysetText(a[0].([]byte))
		}},
		{Name: "bq_json_keyset", Args: function.Types{function.Text}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			var k tinkpb.Keyset
			if err := protojson.Unmarshal([]byte(a[0].(string)), &k); err != nil {
				return nil, function.Errorf("KEYS.KEYSET_FROM_JSON failed: %v", err)
			}
			return checked("KEYS.KEYSET_FROM_JSON", &k)
		}},
	},
}

// templates are those of the types of keys
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/aead_encryption_functions#keysnew_keyset).
var templates = map[string]*tinkpb.KeyTemplate{
	"AEAD_AES_GCM_256":                    aead.AES256GCMKeyTemplate(),
	"DETERMINISTIC_AEAD_AES_SIV_CMAC_256": daead.AESSIVKeyTemplate(),
}

// rotated adds a new key to a keyset, or makes one of nil, and makes it the primary key.
func rotated(name string, serialized []byte, kind string) (any, error) {
	template := templates[kind]
	if template == nil {
		return nil, function.Errorf("%s failed: Invalid key type: %s", name, kind)
	}
	manager := keyset.NewManager()
	if serialized != nil {
		h, err := handle(name, serialized)
		if err != nil {
			return nil, err
		}
		manager = keyset.NewManagerFromHandle(h)
	}
	id, err := manager.Add(template)
	if err == nil {
		err = manager.SetPrimary(id)
	}
	if err != nil {
		return nil, function.Errorf("%s failed: %v", name, err)
	}
	h, err := manager.Handle()
	if err != nil {
		return nil, function.Errorf("%s failed: %v", name, err)
	}
	var b bytes.Buffer
	if err := insecurecleartextkeyset.Write(h, keyset.NewBinaryWriter(&b)); err != nil {
		return nil, function.Errorf("%s failed: %v", name, err)
	}
	return b.Bytes(), nil
}

// withRawKey adds a key that isn't the primary one, and whose ciphertexts have no prefix.
func withRawKey(serialized []byte, kind string, raw []byte) (any, error) {
	const name = "KEYS.ADD_KEY_FROM_RAW_BYTES"
	k, err := message(name, serialized)
	if err != nil {
		return nil, err
	}
	switch {
	case kind == "AES_CBC_PKCS":
		return nil, function.Errorf("%s with a key of type AES_CBC_PKCS is not supported by this emulator", name)
	case kind != "AES_GCM":
		return nil, function.Errorf("%s failed: Invalid key type: %s", name, kind)
	case len(raw) != 16 && len(raw) != 32:
		return nil, function.Errorf("%s failed: A key of type AES_GCM has 16 or 32 bytes, not %d", name, len(raw))
	}
	value, err := proto.Marshal(&gcmpb.AesGcmKey{KeyValue: raw})
	if err != nil {
		return nil, err
	}
	var id [4]byte
	if _, err := rand.Read(id[:]); err != nil {
		return nil, err
	}
	k.Key = append(k.Key, &tinkpb.Keyset_Key{
		KeyData: &tinkpb.KeyData{
			TypeUrl: aead.AES256GCMKeyTemplate().GetTypeUrl(), Value: value, KeyMaterialType: tinkpb.KeyData_SYMMETRIC,
		},
		Status: tinkpb.KeyStatusType_ENABLED, KeyId: binary.BigEndian.Uint32(id[:]), OutputPrefixType: tinkpb.OutputPrefixType_RAW,
	})
	return checked(name, k)
}

// checked is a keyset as BYTES, if it is one.
func checked(name string, k *tinkpb.Keyset) (any, error) {
	b, err := proto.Marshal(k)
	if err != nil {
		return nil, err
	}
	if _, err := handle(name, b); err != nil {
		return nil, err
	}
	return b, nil
}

// message reads a keyset.
func message(name string, serialized []byte) (*tinkpb.Keyset, error) {
	if _, err := handle(name, serialized); err != nil {
		return nil, err
	}
	var k tinkpb.Keyset
	if err := proto.Unmarshal(serialized, &k); err != nil {
		return nil, function.Errorf("%s failed: Could not parse the keyset", name)
	}
	return &k, nil
}

// handle reads a keyset for use.
func handle(name string, serialized []byte) (*keyset.Handle, error) {
	h, err := insecurecleartextkeyset.Read(keyset.NewBinaryReader(bytes.NewReader(serialized)))
	if err != nil {
		return nil, function.Errorf("%s failed: Invalid keyset: %v", name, err)
	}
	return h, nil
}

// keysetText is a keyset in JSON, its members in alphabetical order and without spaces.
func keysetText(serialized []byte) (any, error) {
	k, err := message("KEYS.KEYSET_TO_JSON", serialized)
	if err != nil {
		return nil, err
	}
	b, err := protojson.Marshal(k)
	if err != nil {
		return nil, err
	}
	var members any
	if err := json.Unmarshal(b, &members); err != nil {
		return nil, err
	}
	b, err = json.Marshal(members)
	return string(b), err
}
