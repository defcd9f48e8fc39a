package postgres

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// children are the processes that a process has started and that run, by its record in
// proc(5).
func children(parent int) []int {
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil
	}
	var found []int
	for _, file := range files {
		stat, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended meanwhile
		}
		// The name of the program, in brackets, may hold anything.
		var state string
		var of int
		if _, err := fmt.Sscan(string(stat[bytes.LastIndexByte(stat, ')')+1:]), &state, &of); err != nil || of != parent {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file))); err == nil {
			found = append(found, pid)
		}
	}
	return found
}

// killTree ends a server's processes at once: each of its children has a session of its own,
// and one that waits for another may outlive their parent for long.
func killTree(server int) {
	started := children(server)
	_ = syscall.Kill(server, syscall.SIGKILL) // it may have ended
	for _, pid := range started {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}
