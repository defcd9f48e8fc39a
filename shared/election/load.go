package election

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// MaxFileBytes is the most that an election file may have, and a file beside it.
const MaxFileBytes = 4 << 20

// Load reads and validates an election file, JSON or YAML, with the outlines that lie beside it.
func Load(path string) (*Election, error) {
	folder := filepath.Dir(path)
	return LoadFrom(path, filepath.Base(path), func(name string) ([]byte, error) { return os.ReadFile(filepath.Join(folder, name)) })
}

// LoadFrom is Load by a function that reads a file beside the election file, by its name. Errors
// call the election file path.
func LoadFrom(path, name string, read func(name string) ([]byte, error)) (*Election, error) {
	text, err := read(name)
	if err != nil {
		return nil, fmt.Errorf("election file: %w", err)
	}
	if len(text) > MaxFileBytes {
		return nil, fmt.Errorf("election file %s: it has %d bytes, more than %d: shorten biographies and portraits", path, len(text), MaxFileBytes)
	}
	e, err := Parse(text)
	if err == nil {
		err = e.gather(read)
	}
	if err != nil {
		return nil, fmt.Errorf("election file %s: %w", path, err)
	}
	return e, nil
}

// ParseAlone is Parse for a text that lies beside nothing.
func ParseAlone(text []byte) (*Election, error) {
	e, err := Parse(text)
	if err != nil {
		return nil, err
	}
	return e, e.gather(func(name string) ([]byte, error) {
		return nil, fmt.Errorf("the file %s is beside no election file: name the election file by ELECTION_FILE, or give the outlines as data", name)
	})
}

// Parse reads and validates an election in YAML, of which JSON is a part. An unknown
// field is an error, since it may be a misspelt one.
func Parse(text []byte) (*Election, error) {
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	var e Election
	if err := dec.Decode(&e); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, errors.New("the election is empty")
		}
		var noTime *time.ParseError
		if errors.As(err, &noTime) {
			return nil, fmt.Errorf("the election can't be used: %q is no time: write opens and closes as 2026-11-03T06:00:00Z", noTime.Value)
		}
		if err := shortYAML(err); !strings.HasPrefix(err.Error(), "yaml: ") {
			return nil, fmt.Errorf("the election can't be used: %w", err)
		}
		return nil, fmt.Errorf("the election isn't valid YAML or JSON: %w", err)
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, errors.New("the election holds more than one document: keep one")
	}
	e.Opens, e.Closes = e.Opens.UTC(), e.Closes.UTC()
	if err := e.Validate(); err != nil {
		return nil, err
	}
	return &e, nil
}

// goField matches what yaml says of a field that a type of this package doesn't have.
var goField = regexp.MustCompile(`field (\S+) not found in type \S+`)

// shortYAML puts yaml's list of errors on one line, and names no Go type.
func shortYAML(err error) error {
	var list *yaml.TypeError
	if errors.As(err, &list) {
		return errors.New(goField.ReplaceAllString(strings.Join(list.Errors, "; "), "there is no field $1: correct its name, or leave it out"))
	}
	return err
}
