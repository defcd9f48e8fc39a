package api

import (
	"time"
)

// Pub/Sub's limits of a publish request (cloud.google.com/pubsub/quotas).
const (
	maxPublishBytes    = 10_000_000
	maxPublishMessages = 1000
	maxAttributes      = 100
	maxAttributeKey    = 256  // bytes
	maxAttributeValue  = 1024 // bytes
	maxOrderingKey     = 1024 // bytes
)

const (
	// maxPullMessages and maxPullBytes bound one response of a pull.
	maxPullMessages = 1000
	maxPullBytes    = 10_000_000
)

// Pub/Sub's limits and defaults for subscriptions.
const (
	defaultAckDeadline  = 10 // seconds
	minAckDeadline      = 10
	maxAckDeadline      = 600
	defaultMaxAttempts  = 5
	minMaxAttempts      = 5
	maxMaxAttempts      = 100
	defaultSubRetention = 7 * 24 * time.Hour
	minSubRetention     = 10 * time.Minute
	maxSubRetention     = 31 * 24 * time.Hour
	defaultTTL          = 31 * 24 * time.Hour
	minTTL              = 24 * time.Hour
	defaultMinBackoff   = 10 * time.Second
	defaultMaxBackoff   = 600 * time.Second // and the largest allowed
)
