package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"

	"github.com/tallystream/tallystream/emulator/process"
	"github.com/tallystream/tallystream/local/settings"
	"github.com/tallystream/tallystream/shared/endpoint"
)

func fillAddresses(a *settings.Addresses) {
	free := settings.FreeAddresses()
	a.Kafka = cmp.Or(a.Kafka, free.Kafka)
	a.PubSub = cmp.Or(a.PubSub, free.PubSub)
	a.BigQuery = cmp.Or(a.BigQuery, free.BigQuery)
	a.BigQueryGRPC = cmp.Or(a.BigQueryGRPC, free.BigQueryGRPC)
	a.Postgres = cmp.Or(a.Postgres, free.Postgres)
	a.Dashboard = cmp.Or(a.Dashboard, free.Dashboard)
	a.Functions = cmp.Or(a.Functions, free.Functions)
}

// checkAddresses returns an error that names all addresses that are taken. It gives
// the functions their ports, because their framework can't choose free ones.
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
		{"BigQuery's Storage APIs", &a.BigQueryGRPC, "BIGQUERY_EMULATOR_HOST"},
		{"PostgreSQL", &a.Postgres, "DATABASE_URL"},
		{"dashboard", &a.Dashboard, ""},
		{"functions", &a.Functions, ""},
	} {
		if part.replaced != "" && s.options.Getenv(part.replaced) != "" {
			continue
		}
		if other := s.otherWarehouse(); strings.HasPrefix(part.name, other) {
			continue
		}
		var err error
		if part.replaced == "" && anyPort(*part.address) {
			*part.address, err = process.FreeAddress()
		} else {
			err = tryAddress(ctx, *part.address)
		}
		switch {
		case errors.Is(err, syscall.EADDRINUSE):
			taken = append(taken, fmt.Sprintf("%s (%s)", *part.address, part.name))
		case err != nil:
			errs = append(errs, fmt.Errorf("listen on %s for the %s: %w", *part.address, part.name, err))
		}
	}
	if len(taken) > 0 {
		errs = append(errs, fmt.Errorf("in use already: %s; stop the program that listens there, perhaps another up or demo",
			strings.Join(taken, ", ")))
	}
	errs = append(errs, s.findListeners())
	return errors.Join(errs...)
}

// otherWarehouse is the name of the warehouse that the system doesn't have.
func (s *System) otherWarehouse() string {
	if s.settings["WAREHOUSE"] == endpoint.Postgres {
		return "BigQuery"
	}
	return "PostgreSQL"
}

// listeners are where the functions listen.
type listeners struct {
	dashboard string
	functions string // the other three
}

// findListeners finds addresses for the functions themselves where another part listens at
// the system's, and for each function that has a process of its own.
func (s *System) findListeners() error {
	var errs []error
	free := func(what string) string {
		found, err := process.FreeAddress()
		if err != nil {
			errs = append(errs, fmt.Errorf("find a port for %s: %w", what, err))
		}
		return found
	}
	s.served = listeners{s.addresses.Dashboard, s.addresses.Functions}
	if s.profile != nil {
		s.served = listeners{free(settings.Dashboard), free("the functions")}
	}
	// Each has its own processor in the cloud.
	if s.options.Apart || s.profile != nil && !s.options.InProcess {
		s.apart = map[string]string{}
		for _, name := range []string{settings.Bridge, settings.Ingest, settings.Aggregate} {
			s.apart[name] = free(name)
		}
	}
	return errors.Join(errs...)
}

// anyPort reports whether an address has port 0, which stands for any free one.
func anyPort(address string) bool {
	_, port, err := net.SplitHostPort(address)
	return err == nil && port == "0"
}

// tryAddress listens at an address for a moment.
func tryAddress(ctx context.Context, address string) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return err
	}
	return l.Close()
}
