package kafka

import "context"

// Clean compacts and cuts logs now.
func Clean(ctx context.Context, b *Broker) error { return b.clean(ctx) }
