package process

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"
)

// autogroup has the nice value of a session, where the kernel schedules by session
// (CONFIG_SCHED_AUTOGROUP, see sched(7)): "/autogroup-25 nice 0". It is empty in a program that
// the first one of the system began in no session of its own, as some containers do. The nice
// value of a process counts within its session only.
const autogroup = "/proc/self/autogroup"

// lowered is the nice value of a session that gives way: a third of the weight of another.
const lowered = 5

// LowerPriority has the programs of this session, which are this one, its children and those
// that share its terminal, give way to those of other sessions. It returns what undoes that.
// Both do nothing where the kernel doesn't schedule by session or doesn't let this program,
// or where the session gives way already.
func LowerPriority() (restore func()) {
	before, err := sessionNice()
	if err != nil || before >= lowered || setSessionNice(lowered) != nil {
		return func() {}
	}
	return func() { _ = setSessionNice(before) } // nothing depends on it
}

// sessionNice returns the nice value of this session.
func sessionNice() (nice int, err error) {
	text, err := os.ReadFile(autogroup)
	if err != nil {
		return 0, err
	}
	_, value, _ := strings.Cut(string(text), " nice ")
	if _, err := fmt.Sscan(value, &nice); err != nil {
		return 0, fmt.Errorf("%s is %q: %w", autogroup, text, err)
	}
	return nice, nil
}

// setSessionNice sets the nice value of this session. The kernel takes one value in a tenth
// of a second, of all who have no privileges.
func setSessionNice(nice int) (err error) {
	for range 20 {
		err = os.WriteFile(autogroup, []byte(fmt.Sprint(nice)), 0)
		if !errors.Is(err, syscall.EAGAIN) {
			return err
		}
		time.Sleep(100 * time.Millisecond)
	}
	return err
}
