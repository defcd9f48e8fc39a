package run

import (
	"fmt"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
)

// Template is what a revision is made of.
type Template struct {
	Service        string // projects/P/locations/L/services/S
	Program        string // the executable
	Dir            string // where it runs
	Image          string // what the APIs call the program
	Environment    map[string]string
	Secrets        map[string]Secret // of the environment, by variable
	ServiceAccount string            // the address that it runs as
	Creator        string            // the address of who deploys it
	Labels         map[string]string // of the service
	Annotations    map[string]string // of the service
	LogLabels      map[string]string // of each line of its log

	Concurrency  int // requests that an instance takes at a time
	MinInstances int
	MaxInstances int
	Timeout      time.Duration // of a request
	Ingress      Ingress
	CPU, Memory  string // as Cloud Run writes them: 1, 512Mi. No process is held to them
}

// Secret is the value of a variable that comes from a secret's version.
type Secret struct {
	Name    string // projects/P/secrets/S
	Version string // a number, or latest
	Value   string
}

// Ingress is who reaches a service, in the words of v2's API.
type Ingress string

// AllTraffic lets everybody reach a service; Internal only what runs in the project: here
// Cloud Scheduler and Pub/Sub, by the name of the client.
const (
	AllTraffic Ingress = "INGRESS_TRAFFIC_ALL"
	Internal   Ingress = "INGRESS_TRAFFIC_INTERNAL_ONLY"
)

func (t *Template) check() error {
	for _, collection := range []string{"projects", "locations", "services"} {
		if api.Segment(t.Service, collection) == "" {
			return status.Errorf(codes.InvalidArgument, "The name of the service is %q: want projects/PROJECT/locations/LOCATION/services/SERVICE.", t.Service)
		}
	}
	if t.Ingress != AllTraffic && t.Ingress != Internal {
		return status.Errorf(codes.InvalidArgument, "The ingress of %s is %q: want %s or %s.", t.Service, t.Ingress, AllTraffic, Internal)
	}
	for name := range t.Secrets {
		if _, twice := t.Environment[name]; twice {
			return status.Errorf(codes.InvalidArgument, "The variable %s of %s has a value and a secret: leave one out.", name, t.Service)
		}
	}
	return nil
}

// Deployed is a service with a revision that serves.
type Deployed struct {
	URI      string // http://127.0.0.1:port
	Revision string
}

// probeFailure is the error of a revision that doesn't listen on its port, as Cloud Run
// words it (https://github.com/firebase/firebase-tools/issues/6465 has it in full), with
// the end of its log in place of a link to it.
func probeFailure(revision, port, tail string, why error) error {
	message := fmt.Sprintf("Revision '%s' is not ready and cannot serve traffic. The user-provided container failed to start and listen on the port defined provided by the PORT=%s environment variable within the allocated timeout. This can happen when the container port is misconfigured or if the timeout is too short. The health check timeout can be extended. Logs for this revision might contain more information.\n\nWhat happened: %v", revision, port, why)
	if tail != "" {
		message += "\nIts log ends with:\n" + tail
	}
	return status.Error(codes.FailedPrecondition, message+"\nFor more troubleshooting guidance, see https://cloud.google.com/run/docs/troubleshooting#container-failed-to-start")
}
