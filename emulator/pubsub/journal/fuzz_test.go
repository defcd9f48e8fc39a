package journal

import (
	"bytes"
	"testing"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
)

// A damaged journal yields the entries before the damage, and no panic.
func FuzzRead(f *testing.F) {
	entry, err := encode(TopicPut, &pubsubpb.Topic{Name: "projects/p/topics/topic"})
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
		err := read(bytes.NewReader(journal), func(kind Kind, body []byte) error {
			n++
			if kind != TopicPut || !bytes.Equal(body, entry[9:]) {
				t.Errorf("entry %d is wrong", n)
			}
			return nil
		})
		if err != nil || n != at/len(entry) {
			t.Errorf("%d entries and error %v with byte %d of %d damaged, want the %d before it", n, err, at, len(journal), at/len(entry))
		}
	})
}
