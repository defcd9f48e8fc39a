package load

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

func readJSON(c *bqv2.JobConfigurationLoad, schema []*bqv2.TableFieldSchema, data []byte) (*Data, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if schema == nil {
		var err error
		if schema, err = detectJSON(data); err != nil {
			return nil, err
		}
	}
	fields, err := prepare(schema)
	if err != nil {
		return nil, err
	}
	r := types.NewReader(fields)
	r.IgnoreUnknown = c.IgnoreUnknownValues
	col := collector{kind: "JSON", max: c.MaxBadRecords, data: Data{Schema: schema}}
	for line := range jsonLines(data) {
		row, err := readObject(r, line.text)
		if err != nil {
			err = fmt.Errorf("JSON parsing error in row starting at position %d: %w", line.at, err)
		}
		if err := col.add(row, err); err != nil {
			return nil, err
		}
	}
	return &col.data, nil
}

type jsonLine struct {
	at   int
	text []byte
}

// jsonLines yields the lines that aren't blank.
func jsonLines(data []byte) func(func(jsonLine) bool) {
	return func(yield func(jsonLine) bool) {
		for at := 0; at < len(data); {
			end := bytes.IndexByte(data[at:], '\n')
			next := at + end + 1
			if end < 0 {
				next = len(data)
			}
			if text := bytes.TrimSpace(data[at:next]); len(text) > 0 && !yield(jsonLine{at, text}) {
				return
			}
			at = next
		}
	}
}

func readObject(r *types.Reader, text []byte) ([]any, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var obj map[string]any
	if err := dec.Decode(&obj); err != nil {
		return nil, types.Errorf("Parser terminated before end of string: %w", err)
	}
	if obj == nil {
		return nil, errors.New("the row is null, not an object")
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("the line has more than one value")
	}
	return r.Row(obj)
}

// detectJSON derives a schema from the first rows.
func detectJSON(data []byte) ([]*bqv2.TableFieldSchema, error) {
	root := &node{}
	n := 0
	for line := range jsonLines(data) {
		dec := json.NewDecoder(bytes.NewReader(line.text))
		dec.UseNumber()
		if err := root.observe(dec); err != nil {
			return nil, fmt.Errorf("JSON parsing error in row starting at position %d: %w", line.at, err)
		}
		if root.scalar != types.Invalid || root.repeated {
			return nil, fmt.Errorf("JSON parsing error in row starting at position %d: the row is no object", line.at)
		}
		if n++; n == sampleRows {
			break
		}
	}
	if len(root.order) == 0 {
		return nil, types.Errorf("Schema has no fields: the file has no rows to detect them from")
	}
	return root.fields(), nil
}

// A node is what detection has seen of a value.
type node struct {
	scalar   types.Kind // Invalid when only NULLs or objects were seen
	record   bool
	repeated bool
	order    []string
	children map[string]*node
}

// observe takes the next value of a decoder into account.
func (n *node) observe(dec *json.Decoder) error {
	tok, err := dec.Token()
	if err != nil {
		return err
	}
	switch t := tok.(type) {
	case json.Delim:
		if t == '{' {
			return n.observeObject(dec)
		}
		n.repeated = true
		for dec.More() {
			if err := n.observe(dec); err != nil {
				return err
			}
		}
		_, err = dec.Token()
		return err
	case bool:
		n.meet(types.Bool)
	case json.Number:
		if _, err := t.Int64(); err == nil {
			n.meet(types.Int64)
		} else {
			n.meet(types.Float64)
		}
	case string:
		n.meet(kindOfText(t))
	}
	return nil
}

func (n *node) observeObject(dec *json.Decoder) error {
	n.record = true
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return err
		}
		name := key.(string)
		child := n.children[name]
		if child == nil {
			child = &node{}
			if n.children == nil {
				n.children = map[string]*node{}
			}
			n.children[name] = child
			n.order = append(n.order, name)
		}
		if err := child.observe(dec); err != nil {
			return err
		}
	}
	_, err := dec.Token()
	return err
}

func (n *node) meet(k types.Kind) { n.scalar = join(n.scalar, k) }

func (n *node) fields() []*bqv2.TableFieldSchema {
	var out []*bqv2.TableFieldSchema
	for _, name := range n.order {
		child := n.children[name]
		f := &bqv2.TableFieldSchema{Name: columnName(name), Mode: "NULLABLE"}
		if child.repeated {
			f.Mode = "REPEATED"
		}
		switch {
		case child.record && child.scalar == types.Invalid && len(child.order) > 0:
			f.Type, f.Fields = "RECORD", child.fields()
		case child.record:
			f.Type = "STRING"
		default:
			f.Type = typeName(child.scalar)
		}
		out = append(out, f)
	}
	return out
}
