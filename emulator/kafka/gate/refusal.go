package gate

import "github.com/twmb/franz-go/pkg/kerr"

// refusal is why a part of a request isn't taken: a batch, a topic, the settings of a resource.
type refusal struct {
	code *kerr.Error
	say  string
}

// sift divides the parts of a request: those that check has nothing against are kept, in the memory
// of the list, and the others are answered.
func sift[Part, Answer any](list []Part, check func(*Part) *refusal, answer func(Part, *refusal) Answer) (kept []Part, refused []Answer) {
	kept = list[:0]
	for _, part := range list {
		if no := check(&part); no != nil {
			refused = append(refused, answer(part, no))
			continue
		}
		kept = append(kept, part)
	}
	return kept, refused
}
