package torture

import (
	"context"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/local/operate/verify"
)

// audit has the verifier look at the outcome: it knows Kafka's offsets and the
// tables alone, and neither the true result nor the stages.
func (t *trial) audit(ctx context.Context) ([]string, error) {
	v := &verify.Verifier{
		BigQuery: t.lane.client,
		Kafka:    []kgo.Opt{kgo.SeedBrokers(t.world.kafka.ListenAddrs()...)},
		Topics:   []string{"voters", "votes"},
	}
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
