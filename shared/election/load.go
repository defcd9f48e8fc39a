package election

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
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
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("election file: %w: correct its path (docs/elections has some to try)", err)
	}
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

// goField matches what yaml says of a field that a type of this package doesn't have, and goType of a value of
// another type than belongs there.
var (
	goField = regexp.MustCompile(`field (\S+) not found in type \S+`)
	goType  = regexp.MustCompile("cannot unmarshal !!(\\w+)( `.*?`)? into (\\S+)")
)

// shortYAML puts yaml's list of errors on one line, and names no Go type.
func shortYAML(err error) error {
	var list *yaml.TypeError
	if !errors.As(err, &list) {
		return err
	}
	lines := make([]string, len(list.Errors))
	for i, line := range list.Errors {
		line = goField.ReplaceAllString(line, "there is no field $1: correct its name, or leave it out")
		if m := goType.FindStringSubmatch(line); m != nil {
			line = strings.Replace(line, m[0], fmt.Sprintf("%s%s stands where %s belongs: see docs/records.md", ofTag(m[1]), m[2], ofType(m[3])), 1)
		}
		lines[i] = line
	}
	return errors.New(strings.Join(lines, "; "))
}

// ofTag says what a value of a YAML tag is.
func ofTag(tag string) string {
	switch tag {
	case "seq":
		return "a list"
	case "map":
		return "an object"
	case "int", "float":
		return "the number"
	case "bool":
		return "the value"
	}
	return "the text"
}

// ofType says what a value of a Go type is.
func ofType(name string) string {
	switch {
	case name == "election.Date":
		return "a day like 2026-11-03"
	case strings.HasPrefix(name, "[]"):
		return "a list"
	case strings.HasPrefix(name, "map[") || strings.Contains(name, "election."):
		return "an object"
	case name == "bool":
		return "true or false"
	case name == "string":
		return "a text"
	case strings.HasPrefix(name, "time."):
		return "a time"
	}
	return "a number"
}
