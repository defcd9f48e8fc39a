package pubsub

import (
	"bytes"
	"testing"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
)

// Whatever a filter says, parsing it ends, and what it accepts can be evaluated.
func FuzzParseFilter(f *testing.F) {
	for _, s := range []string{``, `attributes:a`, `NOT attributes.a = "b\"" AND (-attributes:c)`, `hasPrefix(attributes."x y", "z")`, `"`, `a!=`, "\xff("} {
		f.Add(s)
	}
	f.Fuzz(func(_ *testing.T, s string) {
		if accepts, err := parseFilter(s); err == nil && accepts != nil {
			accepts(map[string]string{"a": "b"})
		}
	})
}

// A damaged journal yields the entries before the damage, and no panic.
func FuzzReadJournal(f *testing.F) {
	entry, err := encode(topicPut, &pubsubpb.Topic{Name: "projects/p/topics/topic"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(0, byte(0))
	f.Add(3, byte(0xff))
	f.Add(len(entry)+5, byte(1))
	f.Fuzz(func(t *testing.T, at int, flip byte) {
		journal := bytes.Repeat(entry, 3)
		if at < 0 || at >= len(journal) || flip == 0 {
			return
		}
		journal[at] ^= flip
		n := 0
		err := readJournal(bytes.NewReader(journal), func(kind entryKind, body []byte) error {
			n++
			if kind != topicPut || !bytes.Equal(body, entry[9:]) {
				t.Errorf("entry %d is wrong", n)
			}
			return nil
		})
		if err != nil || n != at/len(entry) {
			t.Errorf("%d entries and error %v with byte %d of %d damaged, want the %d before it", n, err, at, len(journal), at/len(entry))
		}
	})
}
