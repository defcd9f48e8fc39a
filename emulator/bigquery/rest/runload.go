package rest

import (
	"context"

	bqv2 "google.golang.org/api/bigquery/v2"
)

func (h *Handler) runLoad(jobKey, *bqv2.JobConfigurationLoad, []byte) (func(context.Context) (outcome, error), error) {
	return nil, notSupported("A load job")
}
