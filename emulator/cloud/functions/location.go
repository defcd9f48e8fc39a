package functions

import (
	"fmt"
	"net/http"
	"slices"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
)

// regions are where functions may be (https://cloud.google.com/functions/docs/locations).
// Here they are all the same machine.
var regions = []string{
	"africa-south1", "asia-east1", "asia-east2", "asia-northeast1", "asia-northeast2", "asia-northeast3", "asia-south1", "asia-south2",
	"asia-southeast1", "asia-southeast2", "australia-southeast1", "australia-southeast2", "europe-central2", "europe-north1",
	"europe-southwest1", "europe-west1", "europe-west10", "europe-west12", "europe-west2", "europe-west3", "europe-west4", "europe-west6",
	"europe-west8", "europe-west9", "me-central1", "me-central2", "me-west1", "northamerica-northeast1", "northamerica-northeast2",
	"southamerica-east1", "southamerica-west1", "us-central1", "us-east1", "us-east4", "us-east5", "us-south1", "us-west1", "us-west2",
	"us-west3", "us-west4",
}

func known(location string) error {
	if slices.Contains(regions, location) {
		return nil
	}
	return status.Errorf(codes.NotFound, "Location %s is not found or access is unauthorized.", location)
}

func locations(r *http.Request) (any, error) {
	all := []api.Object{}
	for _, l := range regions {
		all = append(all, api.Object{"name": "projects/" + r.PathValue("project") + "/locations/" + l, "locationId": l, "displayName": l})
	}
	return api.Object{"locations": all}, nil
}

// none is the list of functions of the first generation.
func none(*http.Request) (any, error) { return api.Object{}, nil }

// runtimes are those that this machine builds for.
func (s *Service) runtimes(r *http.Request) (any, error) {
	if err := known(r.PathValue("location")); err != nil {
		return nil, err
	}
	names, err := s.options.Runtimes(r.Context())
	if err != nil {
		return nil, err
	}
	all := []api.Object{}
	for _, name := range names {
		all = append(all, api.Object{"name": name, "displayName": fmt.Sprintf("Go 1.%s", name[3:]), "stage": "GA", "environment": "GEN_2"})
	}
	return api.Object{"runtimes": all}, nil
}
