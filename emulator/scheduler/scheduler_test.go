package scheduler_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/tallystream/tallystream/emulator/scheduler"
)

// target answers requests within the process, for the tests in virtual time.
type target func(*http.Request) (status int)

func (f target) RoundTrip(r *http.Request) (*http.Response, error) {
	status := f(r)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: status, Status: http.StatusText(status), Body: io.NopCloser(strings.NewReader("")), Request: r}, nil
}

func start(t *testing.T, f target, jobs ...scheduler.Job) *scheduler.Scheduler {
	t.Helper()
	for i := range jobs {
		if jobs[i].URL == "" {
			jobs[i].URL = "http://127.0.0.1:1/"
		}
	}
	s, err := scheduler.Start(t.Context(), scheduler.Options{Jobs: jobs, Client: &http.Client{Transport: f}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func closeNow(t *testing.T, s *scheduler.Scheduler) {
	t.Helper()
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// executions starts a scheduler with a job, lets it run, and returns how long after its start the
// job was sent each time.
func executions(t *testing.T, f target, run time.Duration, job scheduler.Job) []time.Duration {
	t.Helper()
	began := time.Now()
	var got []time.Duration
	s := start(t, func(r *http.Request) int {
		got = append(got, time.Since(began))
		return f(r)
	}, job)
	time.Sleep(run)
	synctest.Wait()
	closeNow(t, s)
	return got
}

func seconds(n ...float64) []time.Duration {
	var out []time.Duration
	for _, s := range n {
		out = append(out, time.Duration(s*float64(time.Second)))
	}
	return out
}

func TestSchedules(t *testing.T) {
	for _, test := range []struct {
		name     string
		schedule string
		takes    []float64 // seconds per execution; then 0
		run      time.Duration
		want     []time.Duration
	}{
		// Virtual time starts at midnight UTC.
		{"cron", "*/2 * * * *", nil, 5 * time.Minute, seconds(120, 240)},
		{"cron waits while it runs", "* * * * *", []float64{130}, 5*time.Minute + time.Second, seconds(60, 190, 240, 300)},
		{"interval", "every 10s", nil, 25 * time.Second, seconds(0, 10, 20)},
		{"interval skips while it runs", "every 10s", []float64{25}, 45 * time.Second, seconds(0, 30, 40)},
		{"continuous", "continuously", []float64{1, 2, 3, 100}, 10 * time.Second, seconds(0, 1, 3, 6)},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				calls := 0
				got := executions(t, func(*http.Request) int {
					if calls < len(test.takes) {
						time.Sleep(time.Duration(test.takes[calls] * float64(time.Second)))
					}
					calls++
					return http.StatusOK
				}, test.run, scheduler.Job{Name: "job", Schedule: test.schedule})
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("executions (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestTimeZone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got := executions(t, func(*http.Request) int { return http.StatusOK }, 24*time.Hour,
			scheduler.Job{Name: "job", Schedule: "30 9 * * *", Zone: "Asia/Kolkata"}) // 04:00 UTC
		if diff := cmp.Diff([]time.Duration{4 * time.Hour}, got); diff != "" {
			t.Errorf("executions (-want +got):\n%s", diff)
		}
	})
}

func TestRetries(t *testing.T) {
	for _, test := range []struct {
		name  string
		retry scheduler.Retry
		want  []time.Duration
	}{
		{"none", scheduler.Retry{}, seconds(0)},
		{"defaults", scheduler.Retry{Count: 3}, seconds(0, 5, 15, 35)},
		// The example of Cloud Scheduler's documentation: 10, 20, 40, 80, 160, 240, 300, 300.
		{"doublings", scheduler.Retry{Count: 8, MinBackoff: 10 * time.Second, MaxBackoff: 300 * time.Second, MaxDoublings: 3},
			seconds(0, 10, 30, 70, 150, 310, 550, 850, 1150)},
		{"duration", scheduler.Retry{Count: 8, MinBackoff: 10 * time.Second, MaxDuration: 75 * time.Second}, seconds(0, 10, 30, 70)},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got := executions(t, func(*http.Request) int { return http.StatusInternalServerError }, time.Hour,
					scheduler.Job{Name: "job", Schedule: "every 10h", Retry: test.retry})
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("attempts (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// A continuous job that fails doesn't spin.
func TestContinuousBacksOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		got := executions(t, func(*http.Request) int {
			if calls++; calls <= 3 {
				return http.StatusServiceUnavailable
			}
			time.Sleep(time.Hour)
			return http.StatusOK
		}, time.Minute, scheduler.Job{Name: "job", Schedule: "continuously", AttemptDeadline: 2 * time.Hour, Retry: scheduler.Retry{MinBackoff: time.Second}})
		if diff := cmp.Diff(seconds(0, 1, 3, 7), got); diff != "" {
			t.Errorf("executions (-want +got):\n%s", diff)
		}
	})
}

func TestAttemptDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, func(r *http.Request) int { <-r.Context().Done(); return 0 },
			scheduler.Job{Name: "job", Schedule: "0 0 1 1 *", AttemptDeadline: 30 * time.Second})
		began := time.Now()
		err := s.RunNow(t.Context(), "job")
		if took := time.Since(began); !errors.Is(err, context.DeadlineExceeded) || took != 30*time.Second {
			t.Errorf("RunNow took %v and returned %v, want the deadline after 30s", took, err)
		}
		closeNow(t, s)
	})
}

func TestRunNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answer := make(chan int)
		s := start(t, func(*http.Request) int { return <-answer }, scheduler.Job{Name: "job", Schedule: "0 0 1 1 *"})
		result := make(chan error)
		go func() { result <- s.RunNow(t.Context(), "job") }()
		synctest.Wait()
		if err := s.RunNow(t.Context(), "job"); !errors.Is(err, scheduler.ErrRunning) {
			t.Errorf("second RunNow: %v, want ErrRunning", err)
		}
		answer <- http.StatusNoContent
		if err := <-result; err != nil {
			t.Errorf("first RunNow: %v", err)
		}
		go func() { result <- s.RunNow(t.Context(), "job") }()
		answer <- http.StatusTeapot
		if err := <-result; err == nil || !strings.Contains(err.Error(), "teapot") {
			t.Errorf("RunNow of a failing job: %v, want its status", err)
		}
		if err := s.RunNow(t.Context(), "none"); err == nil {
			t.Error("RunNow of an unknown job: no error")
		}
		closeNow(t, s)
		if err := s.RunNow(t.Context(), "job"); err == nil {
			t.Error("RunNow after Close: no error")
		}
	})
}

func TestCloseWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		s := start(t, func(*http.Request) int { time.Sleep(time.Minute); return http.StatusOK },
			scheduler.Job{Name: "job", Schedule: "every 1s"})
		synctest.Wait()
		closeNow(t, s)
		if took := time.Since(began); took != time.Minute {
			t.Errorf("Close returned after %v, want the minute that the attempt takes", took)
		}
	})
}

func TestCloseAborts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, func(r *http.Request) int { <-r.Context().Done(); return 0 },
			scheduler.Job{Name: "job", Schedule: "every 1s", AttemptDeadline: time.Hour, Retry: scheduler.Retry{Count: 5}})
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := s.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Close: %v, want the end of its context", err)
		}
	})
}

// The request as a real server sees it.
func TestRequest(t *testing.T) {
	type request struct {
		Method, Path, Body string
		Header             map[string]string
	}
	got := make(chan request, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		header := map[string]string{}
		for _, name := range []string{"Content-Type", "User-Agent", "X-Cloudscheduler", "X-Cloudscheduler-Jobname", "X-Mine"} {
			header[name] = r.Header.Get(name)
		}
		if due, err := time.Parse(time.RFC3339, r.Header.Get("X-CloudScheduler-ScheduleTime")); err != nil || time.Since(due) > time.Minute {
			t.Errorf("schedule time %v: %v", due, err)
		}
		if !strings.HasPrefix(r.Header.Get("Authorization"), "Bearer ") {
			t.Errorf("authorization %q, want a bearer token", r.Header.Get("Authorization"))
		}
		got <- request{r.Method, r.URL.Path, string(body), header}
	}))
	defer server.Close()
	s, err := scheduler.Start(t.Context(), scheduler.Options{Jobs: []scheduler.Job{{
		Name: "drain", Schedule: "0 0 1 1 *", URL: server.URL + "/bridge", Body: []byte(`{"shard":0}`),
		Header: http.Header{"content-type": {"application/json"}, "X-Mine": {"yes"}},
		Token:  &scheduler.Token{ServiceAccount: "scheduler@project.iam.gserviceaccount.com"},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	defer closeNow(t, s)
	if err := s.RunNow(t.Context(), "drain"); err != nil {
		t.Fatal(err)
	}
	want := request{"POST", "/bridge", `{"shard":0}`, map[string]string{
		"Content-Type": "application/json", "User-Agent": "Google-Cloud-Scheduler", "X-Cloudscheduler": "true",
		"X-Cloudscheduler-Jobname": "drain", "X-Mine": "yes",
	}}
	if diff := cmp.Diff(want, <-got); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
}

func TestInvalidJobs(t *testing.T) {
	_, err := scheduler.Start(t.Context(), scheduler.Options{Jobs: []scheduler.Job{
		{Name: "a", Schedule: "* * *", URL: "ftp://x", Zone: "Nowhere/Land", AttemptDeadline: -1},
		{Name: "b", Schedule: "every week", URL: "http://x"},
		{Name: "c", Schedule: "every 1s", URL: "http://x"},
		{Name: "c", Schedule: "every 1s", URL: "http://x"},
		{Schedule: "* * * * *", URL: "http://x", Retry: scheduler.Retry{Count: -1}},
	}})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{`"* * *"`, "ftp://x", "Nowhere/Land", "attempt deadline", "every week", `"c": there is another`, "needs a name", "retry count -1"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error doesn't say %q:\n%v", want, err)
		}
	}
}
