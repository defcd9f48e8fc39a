//go:build cgo

package run

import (
	"context"

	"github.com/tallystream/tallystream/emulator/bigquery"
	"github.com/tallystream/tallystream/shared/endpoint"
)

// DefaultWarehouse is what a system has its tables in, where nobody chooses.
const DefaultWarehouse = endpoint.BigQuery

// startEmulator starts the BigQuery emulator.
func (s *System) startEmulator(ctx context.Context) error {
	server, err := bigquery.Start(context.WithoutCancel(ctx), bigquery.Options{
		RESTAddr: s.addresses.BigQuery,
		GRPCAddr: s.addresses.BigQueryGRPC,
		Profile:  s.profile,
		Logger:   s.logOf("bigquery"),
	})
	if err != nil {
		return explain(err)
	}
	s.onClose(partWarehouse, server.Close)
	s.embedded.BigQuery = true
	s.addresses.BigQuery, s.addresses.BigQueryGRPC = server.REST(), server.GRPC()
	s.settings["BIGQUERY_EMULATOR_HOST"] = server.REST()
	s.settings["BIGQUERY_STORAGE_EMULATOR_HOST"] = server.GRPC()
	return nil
}
