package run

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/tallystream/tallystream/emulator/cloudrun"
	"github.com/tallystream/tallystream/emulator/process"
	"github.com/tallystream/tallystream/local/settings"
)

// children are the processes that serve the functions: one for the dashboard, and
// one for the other three, each at the path of its name. With Options.Apart each
// function has its own.
type children struct {
	system *System
	all    map[string]*child // by function
}

// child is one process. It is started again whenever it ends by itself.
type child struct {
	system  *System
	name    string // for people
	url     string // answers when it is ready; "" for one that is ready when it listens
	address string
	target  string // FUNCTION_TARGET

	mu       sync.Mutex
	process  *process.Process
	wanted   bool
	starting bool // doesn't serve yet, and keeps the processor until it does
	paused   bool // has no processor once it serves
}

func (s *System) startChildren(ctx context.Context) (stages, error) {
	dashboard := &child{system: s, name: "dashboard", target: settings.Dashboard,
		address: s.served.dashboard, url: s.servedURL(settings.Dashboard) + "/healthz"}
	others := &child{system: s, name: "functions",
		address: s.served.functions, url: "http://" + s.served.functions + "/"}
	c := &children{system: s, all: map[string]*child{
		settings.Dashboard: dashboard, settings.Bridge: others, settings.Ingest: others, settings.Aggregate: others,
	}}
	processes := []*child{dashboard, others}
	if s.apart != nil {
		processes = processes[:1]
		for name, address := range s.apart {
			c.all[name] = &child{system: s, name: name, target: name, address: address}
			processes = append(processes, c.all[name])
		}
	}
	errs := make([]error, len(processes))
	var wg sync.WaitGroup
	for i, child := range processes {
		wg.Go(func() { errs[i] = child.start(ctx) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, errors.Join(err, c.close())
	}
	return c, nil
}

// start starts the process and waits until it serves.
func (c *child) start(ctx context.Context) error {
	c.mu.Lock()
	if c.wanted {
		c.mu.Unlock()
		return fmt.Errorf("start %s: it is running", c.name)
	}
	err := c.spawn()
	c.wanted = err == nil
	started := c.process
	c.mu.Unlock()
	if err != nil {
		return err
	}
	return c.serves(ctx, started)
}

// serves waits until a process that was started serves. Until then it has the processor,
// as an instance of Cloud Run has while it starts
// (https://cloud.google.com/run/docs/configuring/billing-settings).
func (c *child) serves(ctx context.Context, started *process.Process) error {
	var err error
	if c.url == "" {
		err = started.AwaitConnection(ctx, c.address)
	} else {
		err = started.AwaitAnswer(ctx, c.url)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.process == started {
		c.starting = false
		if c.paused {
			started.Pause()
		}
	}
	if err != nil {
		return fmt.Errorf("start %s: %w; see its output above", c.name, err)
	}
	return nil
}

// spawn starts the process. The caller holds the lock.
func (c *child) spawn() error {
	program := c.system.options.Executable
	if program == nil {
		self, err := os.Executable()
		if err != nil {
			return fmt.Errorf("find this program to start it again: %w", err)
		}
		program = []string{self, "functions"}
	}
	env := os.Environ()
	for name, value := range c.system.settings {
		env = append(env, name+"="+value)
	}
	env = append(env, "FUNCTION_TARGET="+c.target)
	if n := c.system.options.DashboardThreads; n > 0 && c.target == settings.Dashboard {
		env = append(env, fmt.Sprintf("GOMAXPROCS=%d", n))
	}
	started, err := process.Start(process.Options{
		Args: append(program[:len(program):len(program)], c.address), Env: env, Output: c.system.childOutput(c.name),
		Pausable: c.system.profile != nil,
	})
	if err != nil {
		return fmt.Errorf("start %s: %w", c.name, err)
	}
	c.process, c.starting = started, true
	go c.wait(started, time.Now())
	return nil
}

// wait waits for the end of a process, and starts another one unless stop ended it.
func (c *child) wait(p *process.Process, started time.Time) {
	<-p.Ended()
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.wanted || c.process != p {
		return
	}
	c.system.log.Warn(fmt.Sprintf("the process of the %s ended by itself and is started again", c.name), "pid", p.ID(), "why", p.End())
	// A process that can't live isn't started over and over.
	const least = time.Second
	if lived := time.Since(started); lived < least {
		c.mu.Unlock()
		time.Sleep(least - lived)
		c.mu.Lock()
		if !c.wanted || c.process != p {
			return
		}
	}
	if err := c.spawn(); err != nil {
		c.wanted = false
		c.system.log.Error("can't start again", "part", c.name, "error", err)
		return
	}
	again := c.process
	go func() { _ = c.serves(context.Background(), again) }() // what ends is started again
}

// stopTime is how long a process may take to end in order.
const stopTime = 3 * time.Second

// stop ends the process: at once (kill), or by the end of its standard input.
func (c *child) stop(kill bool) error {
	c.mu.Lock()
	wanted, running := c.wanted, c.process
	c.wanted = false
	c.mu.Unlock()
	if !wanted {
		return fmt.Errorf("%s isn't running", c.name)
	}
	if kill {
		running.Kill()
	} else {
		running.Stop(stopTime)
	}
	return nil
}

// Pause implements cloudrun.Processor.
func (c *child) Pause() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.paused = true
	if c.process != nil && !c.starting {
		c.process.Pause()
	}
}

// Resume implements cloudrun.Processor.
func (c *child) Resume() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.paused = false
	if c.process != nil {
		c.process.Resume()
	}
}

func (c *children) processor(name string) cloudrun.Processor { return c.all[name] }

func (c *children) stop(name string) error {
	child, ok := c.all[name]
	if !ok {
		return fmt.Errorf("there is no function %q", name)
	}
	return child.stop(true)
}

func (c *children) start(ctx context.Context, name string) error {
	child, ok := c.all[name]
	if !ok {
		return fmt.Errorf("there is no function %q", name)
	}
	return child.start(ctx)
}

func (c *children) processes() map[string]int {
	ids := map[string]int{}
	for name, child := range c.all {
		child.mu.Lock()
		if child.wanted {
			ids[name] = child.process.ID()
		}
		child.mu.Unlock()
	}
	return ids
}

func (c *children) close() error {
	var wg sync.WaitGroup
	processes := map[*child]bool{}
	for _, child := range c.all {
		processes[child] = true
	}
	for child := range processes {
		wg.Go(func() { _ = child.stop(false) }) // it may not be running
	}
	wg.Wait()
	return nil
}
