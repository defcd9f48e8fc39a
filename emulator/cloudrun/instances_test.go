package cloudrun

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/emulator/profile"
)

// A request that finds no instance waits for a cold start. An instance is there for the
// next ones until it has been idle for a quarter of an hour, or for ever where at least
// so many are kept.
func TestColdStarts(t *testing.T) {
	for name, kept := range map[string]int{"none is kept": 0, "one is kept": 1} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, err := profile.Parse("cloud", profile.Options{Seed: 2})
				if err != nil {
					t.Fatal(err)
				}
				drawn, err := profile.Parse("cloud", profile.Options{Seed: 2})
				if err != nil {
					t.Fatal(err)
				}
				l := newInstances(&Service{Concurrency: 1, MinInstances: kept, MaxInstances: 2, Start: profile.RunStart}, p)
				enter := func() (took time.Duration) {
					began := time.Now()
					i, err := l.enter(t.Context())
					if err != nil {
						t.Fatal(err)
					}
					l.leave(i)
					return time.Since(began)
				}
				got := []time.Duration{enter(), enter()}
				time.Sleep(14 * time.Minute)
				got = append(got, enter())
				time.Sleep(16 * time.Minute)
				got = append(got, enter())
				want := []time.Duration{0, 0, 0, 0}
				if kept == 0 {
					want[0], want[3] = drawn.Draw(profile.RunStart), drawn.Draw(profile.RunStart)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("times of entering (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// Requests beyond an instance's concurrency start another one, and each waits for the
// start of its own.
func TestScaleOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, err := profile.Parse("cloud", profile.Options{Seed: 2})
		if err != nil {
			t.Fatal(err)
		}
		l := newInstances(&Service{Concurrency: 2, MaxInstances: 3, Start: profile.RunStart}, p)
		for range 5 {
			if _, err := l.enter(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		var running []int
		for _, i := range l.all {
			running = append(running, i.running)
		}
		if diff := cmp.Diff([]int{2, 2, 1}, running); diff != "" {
			t.Errorf("requests of the instances (-want +got):\n%s", diff)
		}
		if _, err := l.enter(t.Context()); err != nil {
			t.Errorf("the sixth: %v", err)
		}
		began := time.Now()
		if _, err := l.enter(t.Context()); err != errNoInstance || time.Since(began) != 10*time.Second {
			t.Errorf("the seventh: %v after %v, want %v after 10s", err, time.Since(began), errNoInstance)
		}
	})
}
