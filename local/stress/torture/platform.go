package torture

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"

	"github.com/tallystream/tallystream/emulator/process"
	"github.com/tallystream/tallystream/functions/aggregate"
	"github.com/tallystream/tallystream/functions/bridge"
	"github.com/tallystream/tallystream/functions/ingest"
	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/function"
	"github.com/tallystream/tallystream/shared/logging"
)

// The stages of a trial.
const (
	bridgeStage    = "bridge"
	ingestStage    = "ingest"
	aggregateStage = "aggregate"
)

// platform runs the functions of a trial as Cloud Run does: it starts an
// instance when a request comes, and another one when that was killed.
type platform struct {
	env      map[string]string
	children map[string]bool    // stages whose instances are processes of their own
	program  []string           // serves a function at the address that follows
	clock    *clock             // of the aggregate in this process; nil for the machine's
	build    map[string]builder // stages that are made otherwise, in this process
	logs     io.Writer

	mu        sync.Mutex
	instances map[string]*instance
	ended     []func() // closes of instances in this process that were replaced
}

// instance is a function that serves.
type instance struct {
	url   string
	ended func() bool // by itself
	kill  func()      // at once; returns when it is gone
	close func()      // in order
}

// endpoint returns where a stage is, starting it if need be.
func (p *platform) endpoint(ctx context.Context, stage string) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := p.instances[stage]; i != nil && !i.ended() {
		return i.url, nil
	}
	start := p.startHere
	if p.children[stage] && p.build[stage] == nil {
		start = p.startChild
	}
	i, err := start(ctx, stage)
	if err != nil {
		return "", fmt.Errorf("start %s: %w", stage, err)
	}
	if p.instances == nil {
		p.instances = map[string]*instance{}
	}
	p.instances[stage] = i
	return i.url, nil
}

// kill ends the instance of a stage, with SIGKILL where it is a process. An
// instance in this process is cut off from its callers and closed by awaitKilled.
func (p *platform) kill(stage string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := p.instances[stage]
	if i == nil {
		return // it is dead already
	}
	delete(p.instances, stage)
	i.kill()
	p.ended = append(p.ended, i.close)
}

// awaitKilled closes the killed instances of this process and waits for their end.
func (p *platform) awaitKilled() {
	p.mu.Lock()
	ended := p.ended
	p.ended = nil
	p.mu.Unlock()
	for _, end := range ended {
		end()
	}
}

func (p *platform) close() {
	p.awaitKilled()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, i := range p.instances {
		i.close()
	}
	p.instances = nil
}

// builder makes a stage in this process otherwise than it is deployed.
type builder func(ctx context.Context, getenv func(string) string) (function.Stage, error)

// newStage makes a stage in this process.
func (p *platform) newStage(name string) (function.Stage, error) {
	ctx, getenv := context.Background(), config.FromMap(p.env)
	if build := p.build[name]; build != nil {
		return build(ctx, getenv)
	}
	switch name {
	case bridgeStage:
		c, err := bridge.ConfigFrom(getenv)
		if err != nil {
			return nil, err
		}
		return bridge.New(ctx, c)
	case ingestStage:
		c, err := ingest.ConfigFrom(getenv)
		if err != nil {
			return nil, err
		}
		return ingest.New(ctx, c)
	default:
		c, err := aggregate.ConfigFrom(getenv)
		if err != nil {
			return nil, err
		}
		if p.clock != nil {
			c.Now = p.clock.now
		}
		return aggregate.New(ctx, c)
	}
}

func (p *platform) startHere(_ context.Context, name string) (*instance, error) {
	s, err := p.newStage(name)
	if err != nil {
		return nil, err
	}
	log := slog.New(slog.NewTextHandler(p.logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	server, err := Serve(logging.Handler(name, log, s))
	if err != nil {
		return nil, errors.Join(err, s.Close(context.Background()))
	}
	return &instance{
		url:   server.URL,
		ended: func() bool { return false },
		kill:  server.Close,
		close: func() {
			server.Close()
			_ = s.Close(context.Background()) // what it was doing is over
		},
	}, nil
}

// startChild starts a function in a process of its own, as it is deployed.
func (p *platform) startChild(ctx context.Context, name string) (*instance, error) {
	address, err := process.FreeAddress()
	if err != nil {
		return nil, err
	}
	env := []string{"FUNCTION_TARGET=" + name, "PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "GOMAXPROCS=1"}
	for key, value := range p.env {
		env = append(env, key+"="+value)
	}
	child, err := process.Start(process.Options{
		Args: append(p.program[:len(p.program):len(p.program)], address), Env: env, Output: p.logs,
	})
	if err != nil {
		return nil, err
	}
	url := "http://" + address
	if err := child.AwaitAnswer(ctx, url+"/healthz"); err != nil {
		child.Kill()
		return nil, err
	}
	gone := func() bool {
		select {
		case <-child.Ended():
			return true
		default:
			return false
		}
	}
	return &instance{url: url, ended: gone, kill: child.Kill, close: child.Kill}, nil
}
