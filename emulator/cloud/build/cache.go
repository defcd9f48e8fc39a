package build

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// Cache builds each archive once: the program of an archive with the same bytes is taken
// again, while the cache lives.
type Cache struct {
	dir string

	mu  sync.Mutex
	all map[Digest]*builds
}

// builds are those of one archive. The lock is held while one of them is under way.
type builds struct {
	mu  sync.Mutex
	all []built
}

// built is a program, and the log of its build.
type built struct {
	program    Program
	entryPoint string
	log        []byte
}

// NewCache returns a cache that keeps its programs in a folder, which is its owner's to
// remove.
func NewCache(dir string) *Cache { return &Cache{dir: dir, all: map[Digest]*builds{}} }

// Digest is the SHA-256 of an archive, in hexadecimal.
type Digest string

// Build builds an archive, or returns what was built of it, and its digest. The log
// is that of the build in both cases. A build that fails is tried again by the next
// call. Calls for the same archive at the same time share a build.
func (c *Cache) Build(ctx context.Context, archive io.Reader, entryPoint string, log io.Writer) (Program, Digest, error) {
	file, digest, err := c.keep(archive)
	if err != nil {
		return Program{}, "", err
	}
	defer os.Remove(file)
	c.mu.Lock()
	same := c.all[digest]
	if same == nil {
		same = &builds{}
		c.all[digest] = same
	}
	c.mu.Unlock()

	same.mu.Lock()
	defer same.mu.Unlock()
	for _, b := range same.all {
		if b.program.Registers || b.entryPoint == entryPoint {
			_, err := log.Write(b.log)
			return b.program, digest, err
		}
	}
	dir, err := os.MkdirTemp(c.dir, "build-")
	if err != nil {
		return Program{}, digest, fmt.Errorf("make a folder for the build: %w", err)
	}
	lines := recorder{to: log}
	program, err := Build(ctx, Options{Archive: file, Dir: dir, EntryPoint: entryPoint, Log: &lines})
	if err != nil {
		return Program{}, digest, errors.Join(err, os.RemoveAll(dir))
	}
	same.all = append(same.all, built{program, entryPoint, lines.all})
	return program, digest, nil
}

// keep writes an archive to a file of the cache's folder.
func (c *Cache) keep(archive io.Reader) (file string, digest Digest, err error) {
	f, err := os.CreateTemp(c.dir, "archive-*.zip")
	if err != nil {
		return "", "", fmt.Errorf("keep the source: %w", err)
	}
	defer f.Close()
	sum := sha256.New()
	_, err = io.Copy(io.MultiWriter(f, sum), archive)
	if err := errors.Join(err, f.Close()); err != nil {
		return "", "", errors.Join(fmt.Errorf("read the source: %w", err), os.Remove(f.Name()))
	}
	return filepath.Clean(f.Name()), Digest(hex.EncodeToString(sum.Sum(nil))), nil
}

// recorder passes on what is written, and keeps it.
type recorder struct {
	to  io.Writer
	all []byte
}

func (r *recorder) Write(p []byte) (int, error) {
	r.all = append(r.all, p...)
	return r.to.Write(p)
}
