package run

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"syscall"
	"time"

	"github.com/tallystream/tallystream/emulator/kafka"
	"github.com/tallystream/tallystream/emulator/pubsub"
)

// The emulators outlive the start's context: Close stops them in their order.

func (s *System) startKafka(ctx context.Context) error {
	if brokers := s.options.Getenv("KAFKA_BROKERS"); brokers != "" {
		s.addresses.Kafka = brokers
		if s.options.Getenv("BIGQUERY_EMULATOR_HOST") == "" && s.options.Getenv("DATABASE_URL") == "" && s.options.Getenv("KAFKA_GROUP") == "" {
			// The tables begin empty, so the reading begins at the beginning.
			s.settings["KAFKA_GROUP"] = "tallystream-local-" + time.Now().UTC().Format("20060102T150405.000")
		}
		return nil
	}
	broker, err := kafka.Start(context.WithoutCancel(ctx), kafka.Options{
		Addr:       s.addresses.Kafka,
		Partitions: s.options.Partitions,
		Topics: map[string]int32{
			s.settings["VOTERS_TOPIC"]: s.options.Partitions,
			s.settings["VOTES_TOPIC"]:  s.options.Partitions,
		},
		Logger: s.logOf("kafka"),
	})
	if err != nil {
		return explain(err)
	}
	s.onClose(partKafka, broker.Close)
	s.embedded.Kafka = true
	s.addresses.Kafka = broker.Addr()
	s.settings["KAFKA_BROKERS"] = broker.Addr()
	return nil
}

// ingestConcurrency is how many messages are pushed to ingest at once. In the cloud
// the concurrency of an instance bounds them: each takes some megabytes of memory.
const ingestConcurrency = 16

func (s *System) startPubSub(ctx context.Context) error {
	if host := s.options.Getenv("PUBSUB_EMULATOR_HOST"); host != "" {
		s.addresses.PubSub = host
		return nil
	}
	window := ingestConcurrency
	if s.profile != nil {
		window = 0 // the service's own: Cloud Run has the instances and their concurrency
	}
	server, err := pubsub.Start(context.WithoutCancel(ctx), pubsub.Options{
		Addr:       s.addresses.PubSub,
		Grace:      2 * time.Second,
		PushWindow: window,
		Profile:    s.profile,
		Logger:     s.logOf("pubsub"),
	})
	if err != nil {
		return explain(err)
	}
	s.onClose(partPubSub, server.Close)
	s.embedded.PubSub, s.pubsub = true, server
	s.addresses.PubSub = server.Addr()
	s.settings["PUBSUB_EMULATOR_HOST"] = server.Addr()
	return nil
}

func (s *System) logOf(name string) *slog.Logger { return s.log.With("part", name) }

// explain adds the remedy to errors of the machine.
func explain(err error) error {
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("the disk is full, make room for some gigabytes: %w", err)
	case errors.Is(err, syscall.EMFILE):
		return fmt.Errorf("too many files are open, raise the limit (ulimit -n 4096): %w", err)
	}
	return err
}
