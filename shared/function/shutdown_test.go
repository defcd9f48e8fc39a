package function

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain serves a stage where the test's own binary is started with "serve".
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "serve" {
		serve()
	}
	os.Exit(m.Run())
}

// serve serves a stage at an address that it prints, until SIGTERM.
func serve() {
	h := newHost(slog.New(slog.NewTextHandler(os.Stdout, nil)))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		os.Exit(3)
	}
	fmt.Println(l.Addr())
	fmt.Println(http.Serve(l, h.handler("worker", func() (Stage, error) { return &worker{work: NewWork()}, nil })))
	os.Exit(3)
}

// worker is a stage that works on each request until it is closed, and then
// writes out what it holds. On /deaf it goes on.
type worker struct{ work *Work }

func (s *worker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, done, err := s.work.Begin(r.Context())
	if err != nil {
		Error(w, Status(err, http.StatusTeapot), err)
		return
	}
	defer done()
	fmt.Println("working")
	switch r.URL.Path {
	case "/":
		<-s.work.Closing()
	case "/until-cut-off":
		<-ctx.Done()
	case "/deaf":
		select {}
	}
	JSON(w, http.StatusOK, "ended")
}

func (s *worker) Close(ctx context.Context) error {
	err := s.work.Close(ctx)
	fmt.Println("flushed")
	return err
}

// SIGTERM ends a stage and its process: requests under way are answered, what
// is held is written out, one line is logged, and the status tells.
func TestSIGTERM(t *testing.T) {
	for _, tt := range []struct {
		path   string
		answer string // part of it; empty where there is none
		status int
		log    string
	}{
		{"/", `"ended"`, 0, "level=INFO"},
		{"/until-cut-off", `"ended"`, 0, "level=INFO"},
		{"/deaf", "", 1, "1 of its requests were cut off"},
	} {
		t.Run(strings.Trim(tt.path, "/"), func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
			defer cancel()
			cmd := exec.CommandContext(ctx, os.Args[0], "serve")
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			var address, working string
			if _, err := fmt.Fscan(out, &address); err != nil {
				t.Fatalf("read the address: %v", err)
			}
			answered := make(chan string, 1)
			go func() { answered <- get(ctx, "http://"+address+tt.path) }()
			if _, err := fmt.Fscan(out, &working); err != nil || working != "working" {
				t.Fatalf("the stage says %q (%v)", working, err)
			}
			if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			said, err := io.ReadAll(out)
			if err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait() // its status tells
			if got := cmd.ProcessState.ExitCode(); got != tt.status {
				t.Errorf("exit status %d, want %d", got, tt.status)
			}
			if answer := <-answered; (answer == "") != (tt.answer == "") || !strings.Contains(answer, tt.answer) {
				t.Errorf("answer %q, want %q", answer, tt.answer)
			}
			if text := string(said); !strings.Contains(text, "flushed") || strings.Count(text, "shut down on SIGTERM") != 1 || !strings.Contains(text, tt.log) {
				t.Errorf("the process said %q, want that it flushed, and one line with %q", text, tt.log)
			}
		})
	}
}

// A stage whose first request comes at the last moment isn't built: it would work on
// while the process ends.
func TestNoStageBeginsAfterClose(t *testing.T) {
	h := newHost(slog.New(slog.DiscardHandler))
	built := 0
	handler := h.handler("worker", func() (Stage, error) {
		built++
		return &worker{work: NewWork()}, nil
	})
	done, err := h.requests.Enter() // so that close waits
	if err != nil {
		t.Fatal(err)
	}
	status := make(chan int)
	go func() { status <- h.close() }()
	<-h.requests.Closing()
	if _, err := h.stage("worker", func() (Stage, error) { built++; return nil, nil }); !errors.Is(err, ErrClosing) {
		t.Errorf("error %v, want that the process ends", err)
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", nil))
	if w.Code != http.StatusServiceUnavailable || built != 0 {
		t.Errorf("answer %d, %d stages built", w.Code, built)
	}
	done()
	if got := <-status; got != 0 {
		t.Errorf("exit status %d", got)
	}
}

// get returns the whole body of an answer; empty where there is none.
func get(ctx context.Context, url string) string {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return ""
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return ""
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return ""
	}
	return string(body)
}
