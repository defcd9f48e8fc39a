package rest

import (
	"context"

	bqv2 "google.golang.org/api/bigquery/v2"
)

func (h *Handler) runCopy(jobKey, *bqv2.JobConfigurationTableCopy) (func(context.Context) (outcome, error), error) {
	return nil, notSupported("A copy job")
}
