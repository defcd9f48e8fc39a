package run

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/tallystream/tallystream/emulator/cloudrun"
	"github.com/tallystream/tallystream/local/settings"
	"github.com/tallystream/tallystream/shared/function"
)

// inProcess serves every function in this process. Each can be stopped and started.
type inProcess struct {
	system  *System
	servers []*http.Server

	mu      sync.Mutex
	running map[string]*running
}

// running is a function that serves.
type running struct {
	handler function.Stage
	ctx     context.Context
	cancel  context.CancelFunc
	busy    sync.WaitGroup
}

func (s *System) startInProcess(ctx context.Context) (stages, error) {
	p := &inProcess{system: s, running: map[string]*running{}}
	others := http.NewServeMux()
	for _, st := range allStages {
		if err := p.start(ctx, st.name); err != nil {
			return nil, errors.Join(err, p.close())
		}
		if st.name != settings.Dashboard {
			others.Handle("/"+st.name, p.serve(st.name))
		}
	}
	for address, h := range map[string]http.Handler{
		s.served.dashboard: p.serve(settings.Dashboard), s.served.functions: others,
	} {
		l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("serve functions: %w", err), p.close())
		}
		server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
		p.servers = append(p.servers, server)
		go server.Serve(l) // ends with close
	}
	return p, nil
}

// serve passes requests on while the function runs. Requests under way are cut off
// when it is stopped.
func (p *inProcess) serve(name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		f := p.running[name]
		if f != nil {
			f.busy.Add(1)
		}
		p.mu.Unlock()
		if f == nil {
			http.Error(w, name+" is stopped", http.StatusServiceUnavailable)
			return
		}
		defer f.busy.Done()
		ctx, cancel := context.WithCancel(r.Context())
		defer context.AfterFunc(f.ctx, cancel)()
		defer cancel()
		f.handler.ServeHTTP(w, r.WithContext(ctx))
	})
}

func (p *inProcess) start(ctx context.Context, name string) error {
	for _, st := range allStages {
		if st.name != name {
			continue
		}
		// The function outlives the start.
		ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
		h, err := st.build(ctx, p.system.Getenv)
		if err != nil {
			cancel()
			return fmt.Errorf("start %s: %w", name, err)
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.running[name] != nil {
			cancel()
			return errors.Join(fmt.Errorf("start %s: it is running", name), h.Close(context.Background()))
		}
		p.running[name] = &running{handler: h, ctx: ctx, cancel: cancel}
		return nil
	}
	return fmt.Errorf("there is no function %q", name)
}

func (p *inProcess) stop(name string) error {
	p.mu.Lock()
	f := p.running[name]
	delete(p.running, name)
	p.mu.Unlock()
	if f == nil {
		return fmt.Errorf("%s isn't running", name)
	}
	f.cancel()
	f.busy.Wait()
	return f.handler.Close(context.Background())
}

// processor is nil: all functions have this process's.
func (p *inProcess) processor(string) cloudrun.Processor { return nil }

func (p *inProcess) processes() map[string]int { return nil }

func (p *inProcess) close() error {
	var errs []error
	for _, st := range allStages {
		p.mu.Lock()
		f := p.running[st.name]
		p.mu.Unlock()
		if f != nil {
			errs = append(errs, p.stop(st.name))
		}
	}
	for _, server := range p.servers {
		errs = append(errs, server.Close())
	}
	return errors.Join(errs...)
}
