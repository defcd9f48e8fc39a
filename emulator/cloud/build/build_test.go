package build_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/emulator/cloud/build"
	"github.com/tallystream/tallystream/emulator/cloud/build/buildtest"
)

const (
	mod  = "module example.com/m\n\ngo 1.26\n"
	root = "package m\n\nimport _ \"github.com/GoogleCloudPlatform/functions-framework-go/functions\"\n"
)

func TestBuildRefuses(t *testing.T) {
	for _, tt := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"nothing at the root", map[string]string{"go.mod": mod, "functions/a.go": "package a\n"}, "must hold one package"},
		{"two packages at the root", map[string]string{"go.mod": mod, "a.go": "package a\n", "b_test.go": "package b\n"}, `["a" "b"]`},
		{"no Go", map[string]string{"go.mod": mod, "a.go": "package"}, "a.go:1:8: expected 'IDENT'"},
		{"no go.mod", map[string]string{"a.go": root}, "must hold a go.mod that is writable: no such file"},
		{"a module path without a dot", map[string]string{"go.mod": "module m\n", "a.go": root}, `"m" has no dot`},
		{"framework isn't vendored", map[string]string{"go.mod": mod, "a.go": root, "vendor/modules.txt": ""}, "functions-framework-go"},
		{"a file outside", map[string]string{"../a.go": root}, "outside of the folder"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "archive.zip")
			if err := os.WriteFile(file, buildtest.Zip(t, tt.files), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := build.Build(t.Context(), build.Options{Archive: file, Dir: t.TempDir()})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
}

// A function without a registration is built for its entry point; the same archive is
// built once for each.
func TestCache(t *testing.T) {
	archive := buildtest.Zip(t, buildtest.Function(t, `package function

import "net/http"

func Hello(w http.ResponseWriter, _ *http.Request) {}
`))
	c := build.NewCache(t.TempDir())
	var first, second, failed bytes.Buffer
	one, digest, err := c.Build(t.Context(), bytes.NewReader(archive), "Hello", &first)
	if err != nil {
		t.Fatalf("%v\n%s", err, &first)
	}
	two, same, err := c.Build(t.Context(), bytes.NewReader(archive), "Hello", &second)
	if err != nil || two != one || digest != same {
		t.Errorf("again: %v %v %v, want %v %v", two, same, err, one, digest)
	}
	if !strings.Contains(first.String(), `Running "go build -o main `) || first.String() != second.String() {
		t.Errorf("the log:\n%s\nand then:\n%s", &first, &second)
	}
	if info, err := os.Stat(one.File); err != nil || info.Mode()&0o100 == 0 {
		t.Errorf("the program: %v %v", info, err)
	}
	_, _, err = c.Build(t.Context(), bytes.NewReader(archive), "Bye", &failed)
	if err == nil || !strings.Contains(err.Error(), `package function has no function "Bye": the entry point must be one of its exported functions ["Hello"]`) {
		t.Errorf("a missing entry point: %v", err)
	}
}

func TestNoZip(t *testing.T) {
	_, _, err := build.NewCache(t.TempDir()).Build(t.Context(), strings.NewReader("no zip"), "Hello", io.Discard)
	if err == nil || !strings.Contains(err.Error(), "unpack the source: zip: not a valid zip file") {
		t.Errorf("error %v", err)
	}
}
