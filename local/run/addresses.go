package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"

	"github.com/tallystream/tallystream/local/settings"
)

func fillAddresses(a *settings.Addresses) {
	free := settings.FreeAddresses()
	a.Kafka = cmp.Or(a.Kafka, free.Kafka)
	a.PubSub = cmp.Or(a.PubSub, free.PubSub)
	a.BigQuery = cmp.Or(a.BigQuery, free.BigQuery)
	a.BigQueryGRPC = cmp.Or(a.BigQueryGRPC, free.BigQueryGRPC)
	a.Dashboard = cmp.Or(a.Dashboard, free.Dashboard)
	a.Functions = cmp.Or(a.Functions, free.Functions)
}

// checkAddresses tells about all addresses that are taken before anything
// starts, and gives the functions, whose framework can't choose, their ports.
func (s *System) checkAddresses(ctx context.Context) error {
	a := &s.addresses
	var taken []string
	var errs []error
	for _, part := range []struct {
		name     string
		address  *string
		replaced string // the variable that replaces the part
	}{
		{"Kafka", &a.Kafka, "KAFKA_BROKERS"},
		{"Pub/Sub", &a.PubSub, "PUBSUB_EMULATOR_HOST"},
		{"BigQuery", &a.BigQuery, "BIGQUERY_EMULATOR_HOST"},
		{"BigQuery's Storage Write API", &a.BigQueryGRPC, "BIGQUERY_EMULATOR_HOST"},
		{"dashboard", &a.Dashboard, ""},
		{"functions", &a.Functions, ""},
	} {
		if part.replaced != "" && s.options.Getenv(part.replaced) != "" {
			continue
		}
		found, err := tryAddress(ctx, *part.address)
		switch {
		case errors.Is(err, syscall.EADDRINUSE):
			taken = append(taken, fmt.Sprintf("%s (%s)", *part.address, part.name))
		case err != nil:
			errs = append(errs, fmt.Errorf("listen on %s for the %s: %w", *part.address, part.name, err))
		case part.replaced == "":
			*part.address = found
		}
	}
	if len(taken) > 0 {
		errs = append(errs, fmt.Errorf("in use already: %s; stop the program that listens there, perhaps another up or demo",
			strings.Join(taken, ", ")))
	}
	if s.options.Apart {
		s.apart = map[string]string{}
		for _, name := range []string{settings.Bridge, settings.Ingest, settings.Aggregate} {
			found, err := tryAddress(ctx, settings.FreeAddresses().Functions)
			if err != nil {
				errs = append(errs, fmt.Errorf("find a port for %s: %w", name, err))
			}
			s.apart[name] = found
		}
	}
	return errors.Join(errs...)
}

// tryAddress listens for a moment, and returns where.
func tryAddress(ctx context.Context, address string) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return "", err
	}
	found := l.Addr().String()
	return found, l.Close()
}
