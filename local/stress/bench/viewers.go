package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// viewers is the number of connections that send requests to the dashboard.
const viewers = 32

// requests sends requests as browsers do: on connections that stay open, for
// compressed answers, which it reads to their ends. It writes HTTP itself: net/http's
// client takes more processor time than the server, and would be what is measured. It ends after
// length, or with the first answer if that comes later.
func requests(ctx context.Context, address, path string, length time.Duration) (perSecond float64, err error) {
	if err := warm(ctx, "http://"+address+path); err != nil {
		return 0, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	n := answers{first: make(chan struct{})}
	defer time.AfterFunc(length, func() {
		select {
		case <-n.first:
		case <-ctx.Done():
		}
		cancel()
	}).Stop()
	errs := make([]error, viewers)
	var wg sync.WaitGroup
	begun := time.Now()
	for i := range viewers {
		wg.Go(func() { errs[i] = view(ctx, address, path, &n) })
	}
	wg.Wait()
	return float64(n.count.Load()) / time.Since(begun).Seconds(), errors.Join(errs...)
}

// answers counts what viewers have got.
type answers struct {
	count atomic.Int64
	first chan struct{} // closed once there is one
}

func (n *answers) add() {
	if n.count.Add(1) == 1 {
		close(n.first)
	}
}

// warm sends the first request, which waits for a query.
func warm(ctx context.Context, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", url, resp.Status)
	}
	return nil
}

// view is one viewer: requests on one connection until ctx ends.
func view(ctx context.Context, address, path string, n *answers) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("connect to the dashboard: %w", err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Now()) })()
	request := []byte("GET " + path + " HTTP/1.1\r\nHost: " + address + "\r\nAccept-Encoding: gzip\r\n\r\n")
	reader := bufio.NewReaderSize(conn, 64<<10)
	for {
		if _, err = conn.Write(request); err == nil {
			err = answer(reader)
		}
		switch {
		case ctx.Err() != nil:
			return nil // a request that was under way doesn't count
		case err != nil:
			return fmt.Errorf("GET %s: %w", path, err)
		}
		n.add()
	}
}

// answer reads one answer, which must be 200 and tell its length.
func answer(r *bufio.Reader) error {
	status, err := r.ReadString('\n')
	if err != nil {
		return err
	}
	if !strings.HasPrefix(status, "HTTP/1.1 200 ") {
		return fmt.Errorf("the dashboard answers %q", strings.TrimSpace(status))
	}
	length := int64(-1)
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		name, value, isHeader := strings.Cut(strings.TrimSpace(string(line)), ": ")
		if name == "" {
			break
		}
		if isHeader && strings.EqualFold(name, "Content-Length") {
			if length, err = strconv.ParseInt(value, 10, 64); err != nil {
				return err
			}
		}
	}
	if length < 0 {
		return errors.New("the answer has no length")
	}
	_, err = io.CopyN(io.Discard, r, length)
	return err
}
