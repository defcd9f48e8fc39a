package postgrestest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	server "github.com/tallystream/tallystream/local/postgres"
)

// A Disk is a file system in memory of a limited size.
type Disk struct {
	dir     string // where it is mounted
	ballast *os.File
}

// OnDisk starts a server whose data, log of changes included, lies on a disk of so many
// bytes. Both end with the test. It skips the test where this process may not mount.
func OnDisk(t testing.TB, bytes int64, changed map[string]string) (*Server, *Disk) {
	t.Helper()
	dir, err := os.MkdirTemp("", "tallystream-disk-") // t.TempDir is where the server's account doesn't get to
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Remove(dir) })
	d := &Disk{dir: dir}
	err = syscall.Mount("tmpfs", d.dir, "tmpfs", 0, fmt.Sprintf("size=%d,mode=755", bytes))
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) {
		t.Skip("a small disk is made by mount(2), which root may do: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(d.ballast.Close(), syscall.Unmount(d.dir, syscall.MNT_DETACH)); err != nil {
			t.Errorf("unmount %s: %v", d.dir, err)
		}
	})
	if d.ballast, err = os.Create(filepath.Join(d.dir, "ballast")); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(d.dir, "data")
	s, err := server.Start(t.Context(), server.Options{Dir: data, Settings: settings(changed)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close PostgreSQL: %v", err)
		}
	})
	return &Server{Server: s, dir: data}, d
}

// Fill takes all of the room that there is.
func (d *Disk) Fill(t testing.TB) {
	t.Helper()
	for chunk := make([]byte, 1<<20); len(chunk) >= 1<<10; {
		_, err := d.ballast.Write(chunk)
		switch {
		case errors.Is(err, syscall.ENOSPC):
			chunk = chunk[:len(chunk)/2]
		case err != nil:
			t.Fatal(err)
		}
	}
}

// Grow gives the disk so many bytes in all.
func (d *Disk) Grow(t testing.TB, bytes int64) {
	t.Helper()
	if err := syscall.Mount("tmpfs", d.dir, "tmpfs", syscall.MS_REMOUNT, fmt.Sprintf("size=%d", bytes)); err != nil {
		t.Fatal(err)
	}
}
