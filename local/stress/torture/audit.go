package torture

import (
	"context"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/local/operate/verify"
)

// audit returns what the verifier finds in the outcome. The verifier reads Kafka
// and the tables; it knows neither the true result nor the stages.
func (t *trial) audit(ctx context.Context) ([]string, error) {
	v := &verify.Verifier{
		Tables: t.place.Tables(),
		Kafka:  []kgo.Opt{kgo.SeedBrokers(t.fixture.kafka.ListenAddrs()...)},
		Topics: []string{"voters", "votes"},
	}
	defer t.place.Hold()()
	report, err := v.Verify(ctx)
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	var found []string
	for _, f := range report.Findings {
		found = append(found, f.String())
	}
	return found, nil
}
