package delivery

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"github.com/google/go-cmp/cmp"
)

// What a transform drops is acknowledged. What it fails for isn't delivered, waits, and
// becomes a dead letter as it was.
func TestTransform(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var dead []string
		attempts := 0
		q := testQueue(t, Config{
			MaxAttempts: 3,
			DeadLetter:  func(m *pubsubpb.PubsubMessage, _ int) bool { dead = append(dead, string(m.Data)); return true },
			Transform: func(m *pubsubpb.PubsubMessage) (*pubsubpb.PubsubMessage, error) {
				switch m.MessageId {
				case "drop":
					return nil, nil
				case "bad":
					attempts++
					return nil, errors.New("bad")
				}
				return &pubsubpb.PubsubMessage{MessageId: m.MessageId, Data: []byte("changed")}, nil
			},
		})
		q.Add(message("drop", ""), message("bad", ""), message("good", ""))
		got := takeAll(q)
		if len(got) != 1 || string(got[0].Message.Data) != "changed" {
			t.Errorf("leases %v, want the one of the good message, changed", got)
		}
		if got := takeAll(q); len(got) != 0 || attempts != 1 {
			t.Errorf("%d attempts at once, want one and a wait", attempts)
		}
		for range 3 {
			time.Sleep(transformBackoff)
			synctest.Wait()
			if got := takeAll(q); len(got) != 0 {
				t.Errorf("leases %v of a message that can't be transformed", got)
			}
		}
		if diff := cmp.Diff([]string{"bad"}, dead); diff != "" || attempts != 3 {
			t.Errorf("dead letters after %d attempts (-want +got):\n%s", attempts, diff)
		}
		if got := q.Messages(); len(got) != 1 || got[0].MessageId != "good" {
			t.Errorf("unacknowledged are %v, want the good message", got)
		}
	})
}
