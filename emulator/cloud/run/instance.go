package run

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/google/uuid"

	"github.com/tallystream/tallystream/emulator/cloudrun"
	"github.com/tallystream/tallystream/emulator/process"
)

// launch starts an instance of a revision and returns once it listens.
func (s *service) launch(ctx context.Context, r *revision) (cloudrun.Instance, error) {
	address, err := process.FreeAddress()
	if err != nil {
		return cloudrun.Instance{}, err
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return cloudrun.Instance{}, err
	}
	env, err := s.environment(r, port)
	if err != nil {
		return cloudrun.Instance{}, err
	}
	out := s.newOutput(r)
	o := s.services.options
	p, err := process.Start(process.Options{
		Args: []string{r.Program}, Env: env, Output: out,
		Pausable: true, Prepare: func(c *exec.Cmd) { c.Dir = r.Dir },
	})
	if err != nil {
		return cloudrun.Instance{}, probeFailure(r.name, port, "", err)
	}
	go func() {
		<-p.Ended()
		out.end()
	}()
	limited, cancel := context.WithTimeoutCause(ctx, o.StartTimeout, fmt.Errorf("nothing listens on the port after %v", o.StartTimeout))
	defer cancel()
	if err := p.AwaitConnection(limited, address); err != nil {
		why := context.Cause(limited)
		select {
		case <-p.Ended():
			why = fmt.Errorf("the process ended with %s", p.End())
			out.system("ERROR", "Container called exit: "+p.End()+".")
		default:
			p.Kill()
		}
		out.system("ERROR", fmt.Sprintf("Default STARTUP TCP probe failed 1 time consecutively for container on port %s. The instance was not started.", port))
		return cloudrun.Instance{}, probeFailure(r.name, port, out.tail(), why)
	}
	i := cloudrun.Instance{URL: "http://" + address, Ended: p.Ended(), Stop: func() { s.terminate(p) }}
	if o.Throttle {
		i.Processor = p
	}
	return i, nil
}

// environment is what an instance has, as NAME=value. Of this process it has only what
// finds programs and temporary files
// (https://cloud.google.com/run/docs/container-contract#env-vars).
func (s *service) environment(r *revision, port string) ([]string, error) {
	all := map[string]string{"PATH": os.Getenv("PATH"), "HOME": os.TempDir(), "TMPDIR": os.TempDir()}
	added, err := s.services.options.Environment(r.ServiceAccount)
	if err != nil {
		return nil, err
	}
	for _, variable := range added {
		name, value, _ := strings.Cut(variable, "=")
		all[name] = value
	}
	maps.Copy(all, r.Environment)
	for name, secret := range r.Secrets {
		all[name] = secret.Value
	}
	maps.Copy(all, map[string]string{"PORT": port, "K_SERVICE": s.base, "K_REVISION": r.name, "K_CONFIGURATION": s.base})
	var env []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		env = append(env, name+"="+all[name])
	}
	return env, nil
}

// terminate ends a process in order: SIGTERM, and SIGKILL where it doesn't listen to that.
func (s *service) terminate(p *process.Process) {
	if p.Signal(syscall.SIGTERM) != nil {
		p.Kill() // it has ended, or there is no such signal here
		return
	}
	p.Resume() // a paused process doesn't notice
	select {
	case <-p.Ended():
	case <-time.After(s.services.options.StopTimeout):
	}
	p.Kill()
}

// newOutput is what an instance of a revision writes to.
func (s *service) newOutput(r *revision) *output {
	labels := map[string]string{"instanceId": uuid.NewString()}
	maps.Copy(labels, r.LogLabels)
	return &output{
		sink: s.services.options.Sink, labels: labels,
		resource: Resource{Type: "cloud_run_revision", Labels: map[string]string{
			"project_id": s.project, "location": s.location, "service_name": s.base, "configuration_name": s.base, "revision_name": r.name,
		}},
	}
}

// system adds a line that Cloud Run itself says of an instance.
func (o *output) system(severity, message string) {
	line, _ := json.Marshal(map[string]string{"severity": severity, "message": message}) // strings always encode
	o.sink(o.resource, o.labels, line)
}
