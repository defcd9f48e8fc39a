package functions

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/run"
)

var (
	functionID = regexp.MustCompile(`^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$`)
	quantity   = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?(k|M|G|T|Ki|Mi|Gi|Ti)?$`)
	cpus       = regexp.MustCompile(`^([0-9]+(\.[0-9]+)?|[0-9]+m)$`)
)

// ingress is the setting of a function in the words of Cloud Run. There is no load
// balancer here that could let somebody in.
var ingress = map[string]run.Ingress{
	"ALLOW_ALL": run.AllTraffic, "ALLOW_INTERNAL_ONLY": run.Internal, "ALLOW_INTERNAL_AND_GCLB": run.Internal,
}

// reserved are variables that the platform sets
// (https://cloud.google.com/functions/docs/configuring/env-var#reserved_environment_variables).
var reserved = []string{"FUNCTION_TARGET", "FUNCTION_SIGNATURE_TYPE", "K_SERVICE", "K_REVISION", "K_CONFIGURATION", "PORT"}

// check refuses what the API refuses, and what the emulator doesn't do, by its name.
func (f *function) check(runtimes []string) error {
	b, c := &f.BuildConfig, &f.ServiceConfig
	refuse := func(code codes.Code, format string, values ...any) error {
		return status.Errorf(code, "Could not validate function %s: %s", f.Name, fmt.Sprintf(format, values...))
	}
	switch {
	case !strings.HasPrefix(b.Runtime, "go"):
		return refuse(codes.Unimplemented, "build_config.runtime is %q: the emulator builds functions in Go only", b.Runtime)
	case !slices.Contains(runtimes, b.Runtime):
		return refuse(codes.InvalidArgument, "build_config.runtime is %q: this machine's Go builds %q", b.Runtime, runtimes)
	case b.EntryPoint == "":
		return refuse(codes.InvalidArgument, "build_config.entry_point is required")
	case b.Source.StorageSource.Bucket == "" || b.Source.StorageSource.Object == "":
		return refuse(codes.InvalidArgument, "build_config.source.storage_source needs a bucket and an object")
	case len(b.EnvironmentVariables) > 0:
		return refuse(codes.Unimplemented, "build_config.environment_variables: the emulator's build has none")
	case len(c.SecretVolumes) > 0:
		return refuse(codes.Unimplemented, "service_config.secret_volumes: the emulator has secrets in environment variables only")
	case c.BinaryAuthorizationPolicy != "":
		return refuse(codes.Unimplemented, "service_config.binary_authorization_policy: the emulator has none")
	case !*c.AllTrafficOnLatestRevision:
		return refuse(codes.Unimplemented, "service_config.all_traffic_on_latest_revision is false: the emulator doesn't split traffic")
	case ingress[c.IngressSettings] == "":
		return refuse(codes.InvalidArgument, "service_config.ingress_settings is %q", c.IngressSettings)
	case c.TimeoutSeconds < 1 || c.TimeoutSeconds > 3600:
		return refuse(codes.InvalidArgument, "service_config.timeout_seconds is %d: want 1 to 3600", c.TimeoutSeconds)
	case c.MaxInstanceRequestConcurrency < 1 || c.MaxInstanceRequestConcurrency > 1000:
		return refuse(codes.InvalidArgument, "service_config.max_instance_request_concurrency is %d: want 1 to 1000", c.MaxInstanceRequestConcurrency)
	case c.MinInstanceCount < 0 || c.MinInstanceCount > c.MaxInstanceCount:
		return refuse(codes.InvalidArgument, "service_config.min_instance_count is %d: want 0 to max_instance_count, which is %d", c.MinInstanceCount, c.MaxInstanceCount)
	case !quantity.MatchString(c.AvailableMemory):
		return refuse(codes.InvalidArgument, "service_config.available_memory is %q: want a quantity like 256M or 1Gi", c.AvailableMemory)
	case !cpus.MatchString(c.AvailableCPU):
		return refuse(codes.InvalidArgument, "service_config.available_cpu is %q: want a number like 1 or 0.5", c.AvailableCPU)
	case c.MaxInstanceRequestConcurrency > 1 && cpuOf(c.AvailableCPU) < 1:
		return refuse(codes.InvalidArgument, "Total cpu < 1 is not supported with concurrency > 1.")
	}
	return c.checkVariables(refuse)
}

func (c *serviceConfig) checkVariables(refuse func(codes.Code, string, ...any) error) error {
	names := map[string]bool{}
	for name := range c.EnvironmentVariables {
		names[name] = true
		if slices.Contains(reserved, name) || strings.HasPrefix(name, "X_GOOGLE_") || name == "" {
			return refuse(codes.InvalidArgument, "environment variable name %q is reserved by the system", name)
		}
	}
	for _, s := range c.SecretEnvironmentVariables {
		switch {
		case s.Key == "" || s.Secret == "":
			return refuse(codes.InvalidArgument, "a variable of service_config.secret_environment_variables lacks its key or secret")
		case names[s.Key]:
			return refuse(codes.InvalidArgument, "environment variable %q is set twice", s.Key)
		}
		names[s.Key] = true
	}
	return nil
}

// cpuOf is a number of processors that check has looked at.
func cpuOf(text string) float64 {
	whole, milli := strings.CutSuffix(text, "m")
	n, _ := strconv.ParseFloat(whole, 64)
	if milli {
		n /= 1000
	}
	return n
}
