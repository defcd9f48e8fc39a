// Package archive packs what the cloud builds the functions from: one zip that
// the Go buildpack of Cloud Run functions takes as it is, without a network.
//
//	go.mod, go.sum   only the modules that the functions link
//	function.go      generated: the buildpack looks for functions here only
//	functions/       the functions, with the files that they embed
//	shared/          the packages that they import; shared/buildinfo has the commit
//	vendor/          the packages of others, with their licences
//
// Nothing of the emulators, the local tools or the tests is in it, so that it
// changes only when a function does. One archive serves all functions; the name
// of its entry point picks one.
//
// It doesn't build anything and knows nothing of the cloud: package buildpack
// does to an archive what the cloud does.
package archive

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// DefaultFile is where the archive is written, and where Terraform looks for it.
const DefaultFile = "dist/tallystream.zip"

// Archive is what was written.
type Archive struct {
	File   string `json:"file"`
	SHA256 string `json:"sha256"` // of the file, in hexadecimal digits
	Bytes  int64  `json:"bytes"`
	Files  int    `json:"files"`

	// Warnings are sentences on what a reader of the dashboard will miss.
	Warnings []string `json:"warnings,omitempty"`
}

// Write packs the module that directory dir lies in, and writes it to file,
// whose folder is created if there is none. The same source gives the same
// bytes. If it fails, the file stays as it was before.
func Write(ctx context.Context, dir, file string) (_ Archive, err error) {
	out, err := create(file)
	if err != nil {
		return Archive{}, fmt.Errorf("write the archive to %s: %w; name another place with --out", file, err)
	}
	defer os.Remove(out.Name()) // gone already where all went well
	defer out.Close()

	stage, err := os.MkdirTemp("", "tallystream-archive-")
	if err != nil {
		return Archive{}, fmt.Errorf("make a folder to collect the archive in: %w", err)
	}
	defer os.RemoveAll(stage)
	if err := collect(ctx, dir, stage); err != nil {
		return Archive{}, err
	}

	hash := sha256.New()
	files, err := writeZip(io.MultiWriter(out, hash), os.DirFS(stage))
	if err != nil {
		return Archive{}, fmt.Errorf("write the archive to %s: %w", file, err)
	}
	info, err := out.Stat()
	if err != nil {
		return Archive{}, fmt.Errorf("write the archive to %s: %w", file, err)
	}
	if err := finish(out, file); err != nil {
		return Archive{}, fmt.Errorf("write the archive to %s: %w", file, err)
	}
	return Archive{
		File: file, SHA256: hex.EncodeToString(hash.Sum(nil)), Bytes: info.Size(), Files: files, Warnings: warnings(stage),
	}, nil
}

// scripts is the bundle of the dashboard's scripts. It is built and isn't in the
// repository. The dashboard embeds it if it exists.
const scripts = "functions/dashboard/web/dist/app.js"

func warnings(stage string) []string {
	if _, err := os.Stat(filepath.Join(stage, filepath.FromSlash(scripts))); err != nil {
		return []string{"Browsers will load the scripts of the page one by one: they aren't bundled. Run make assets, and pack again."}
	}
	return nil
}

// create opens a temporary file beside the one that is to be written.
func create(file string) (*os.File, error) {
	if info, err := os.Stat(file); err == nil && info.IsDir() {
		return nil, fmt.Errorf("it is a folder")
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return nil, err
	}
	return os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*")
}

// finish renames the complete temporary file to its final name.
func finish(out *os.File, file string) error {
	if err := out.Chmod(0o644); err != nil {
		return err
	}
	if err := out.Close(); err != nil {
		return err
	}
	return os.Rename(out.Name(), file)
}

// collect lays out the archive's content in an empty folder.
func collect(ctx context.Context, dir, stage string) error {
	m, err := findModule(ctx, dir)
	if err != nil {
		return err
	}
	functions, err := functionsOf(m)
	if err != nil {
		return err
	}
	others, err := linkedInCloud(m)
	if err != nil {
		return err
	}
	linked := append(functions, others...)
	if err := copyPackages(ctx, m, linked, stage); err != nil {
		return err
	}
	if err := writeCommit(ctx, m, stage); err != nil {
		return err
	}
	if err := writeRoot(m, linked, stage); err != nil {
		return err
	}
	return vendor(ctx, m, stage)
}
