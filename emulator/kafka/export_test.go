package kafka

// ApplyRetention applies retention now.
func ApplyRetention(b *Broker) { b.cluster.ApplyRetention() }
