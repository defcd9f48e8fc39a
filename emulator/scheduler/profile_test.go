package scheduler_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/emulator/profile"
	"github.com/tallystream/tallystream/emulator/scheduler"
)

// Minutes at a speed that leaves fractions of a nanosecond are as many as the cloud's.
func TestMinutesAtAnOddSpeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, err := profile.Parse("cloud/7.3", profile.Options{Sleep: func(context.Context, time.Duration) error { return nil }})
		if err != nil {
			t.Fatal(err)
		}
		calls := 0
		s, err := scheduler.Start(t.Context(), scheduler.Options{Profile: p, Client: &http.Client{Transport: target(func(*http.Request) int {
			calls++
			return http.StatusOK
		})}, Jobs: []scheduler.Job{{Name: "job", Schedule: "* * * * *", URL: "http://127.0.0.1:1/"}}})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(p.Scale(100*time.Minute + 30*time.Second))
		synctest.Wait()
		closeNow(t, s)
		if calls != 100 {
			t.Errorf("%d calls in 100 minutes of the cloud", calls)
		}
	})
}

// At 20 times the cloud's speed a minute takes three seconds, and each request comes as
// much later as the profile draws. A call that is due while the last one runs comes when
// that has ended, and then the next minute's.
func TestMinutesOfAProfile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, err := profile.Parse("cloud/20", profile.Options{Seed: 9})
		if err != nil {
			t.Fatal(err)
		}
		drawn, err := profile.Parse("cloud/20", profile.Options{Seed: 9})
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if !began.Equal(began.Truncate(time.Minute)) {
			t.Fatalf("the time begins at %v, not with a minute", began)
		}
		var got []time.Duration
		s, err := scheduler.Start(t.Context(), scheduler.Options{Profile: p, Client: &http.Client{Transport: target(func(r *http.Request) int {
			got = append(got, time.Since(began))
			if len(got) == 2 {
				time.Sleep(8 * time.Second) // past the third and the fourth minute
			}
			return http.StatusOK
		})}, Jobs: []scheduler.Job{{Name: "job", Schedule: "* * * * *", URL: "http://127.0.0.1:1/"}}})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(16 * time.Second)
		synctest.Wait()
		ended, end := context.WithCancel(t.Context())
		end()
		_ = s.Close(ended) // another call may be under way
		const minute = 3 * time.Second
		want := []time.Duration{minute, 2 * minute, 0, 5 * minute}
		for i := range want {
			if i == 2 {
				want[i] = want[1] + 8*time.Second
			}
			want[i] += drawn.Draw(profile.SchedulerDispatch)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
	})
}
