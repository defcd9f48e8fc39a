package sqltest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/engine"
)

// testCase is a query with the answer that BigQuery gave.
type testCase struct {
	name       string // group/case
	setup      string
	query      string
	parameters *parameterFile
	config     map[string]any
	requests   []restRequest     // after the setup
	headers    map[string]string // of the query
	expected   expectation
}

// restRequest is a request that prepares a case.
type restRequest struct {
	Method string          `json:"method"`
	Path   string          `json:"path"`
	Body   json.RawMessage `json:"body"`
}

// The principals that cases name.
const (
	principal = "user:reader@example.com"
	other     = "user:other@example.com"
)

// filled replaces the names in a text that differ between runs.
func filled(text, project, dataset string) string {
	return strings.NewReplacer("${DATASET}", project+"."+dataset, "${PROJECT}", project, "${DATASET_ID}", dataset,
		"${PRINCIPAL}", principal, "${OTHER_PRINCIPAL}", other).Replace(text)
}

// expectation is what a case expects.
type expectation struct {
	Schema      []*bqv2.TableFieldSchema `json:"schema"`
	Rows        []map[string]any         `json:"rows"`
	RowCount    *int                     `json:"row_count"`
	JobMetadata map[string]any           `json:"job_metadata"`
	Error       *struct {
		Reason     string  `json:"reason"`
		Location   *string `json:"location"`
		HTTPStatus int     `json:"http_status"`
		Pattern    string  `json:"message_pattern"`
	} `json:"error"`
}

type parameterFile struct {
	Mode       string `json:"mode"`
	Parameters []struct {
		Name  string          `json:"name"`
		Type  json.RawMessage `json:"type"`
		Value any             `json:"value"`
	} `json:"parameters"`
}

// bareFloat is a number that the cases write and JSON lacks.
var bareFloat = regexp.MustCompile(`([:\[,]\s*)(-?Infinity|NaN)\b`)

// readCases reads all cases below a directory, by group and name.
func readCases(root string) ([]*testCase, error) {
	dirs, err := filepath.Glob(filepath.Join(root, "*", "*"))
	if err != nil {
		return nil, err
	}
	var cases []*testCase
	for _, dir := range dirs {
		c, err := readCase(root, dir)
		if err != nil {
			return nil, fmt.Errorf("case %s: %w", dir, err)
		}
		cases = append(cases, c)
	}
	return cases, nil
}

func readCase(root, dir string) (*testCase, error) {
	name, err := filepath.Rel(root, dir)
	if err != nil {
		return nil, err
	}
	c := &testCase{name: filepath.ToSlash(name)}
	if c.query, err = readText(filepath.Join(dir, "query.sql")); err != nil {
		return nil, err
	}
	if c.setup, err = readText(filepath.Join(dir, "setup.sql")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for file, into := range map[string]any{"parameters.json": &c.parameters, "job_config.json": &c.config, "expected.json": &c.expected,
		"setup_rest.json": &c.requests, "headers.json": &c.headers} {
		text, err := os.ReadFile(filepath.Join(dir, file))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		text = bareFloat.ReplaceAll(text, []byte(`$1"$2"`))
		if err := json.Unmarshal(text, into); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	return c, nil
}

func readText(path string) (string, error) {
	b, err := os.ReadFile(path)
	return string(b), err
}

// engineQuery is the query of a case in a project and dataset.
func (c *testCase) engineQuery(project, dataset string) (engine.Query, error) {
	fill := func(text string) string { return filled(text, project, dataset) }
	q := engine.Query{SQL: fill(c.query), Project: project}
	text := func(key string) string {
		s, _ := c.config[key].(string)
		return fill(s)
	}
	if p, d, ok := strings.Cut(text("default_dataset"), "."); ok {
		q.DefaultProject, q.DefaultDataset = p, d
	}
	if parts := strings.Split(text("destination"), "."); len(parts) == 3 {
		q.Destination = &engine.TableRef{Project: parts[0], Dataset: parts[1], Table: parts[2]}
	}
	q.WriteDisposition, q.CreateDisposition = text("write_disposition"), text("create_disposition")
	q.DryRun, _ = c.config["dry_run"].(bool)
	q.CreateSession, _ = c.config["create_session"].(bool)
	if list, ok := c.config["schema_update_options"].([]any); ok {
		for _, o := range list {
			q.SchemaUpdate = append(q.SchemaUpdate, fmt.Sprint(o))
		}
	}
	if list, ok := c.config["connection_properties"].([]any); ok {
		for _, o := range list {
			if m, ok := o.(map[string]any); ok && m["key"] == "session_id" {
				q.SessionID = fmt.Sprint(m["value"])
			}
		}
	}
	if err := c.partitioning(&q); err != nil {
		return q, err
	}
	return q, c.addParameters(&q)
}

// partitioning reads the partitioning and clustering of a destination.
func (c *testCase) partitioning(q *engine.Query) error {
	if m, ok := c.config["time_partitioning"].(map[string]any); ok {
		field, _ := m["field"].(string)
		typ, _ := m["type"].(string)
		q.TimePartitioning = &bqv2.TimePartitioning{Type: typ, Field: field}
	}
	if m, ok := c.config["range_partitioning"].(map[string]any); ok {
		b, err := json.Marshal(m)
		if err != nil {
			return err
		}
		q.RangePartitioning = new(bqv2.RangePartitioning)
		if err := json.Unmarshal(b, q.RangePartitioning); err != nil {
			return err
		}
	}
	fields, ok := c.config["clustering_fields"].([]any)
	if m, isMap := c.config["clustering"].(map[string]any); isMap {
		fields, ok = m["fields"].([]any)
	}
	if ok {
		q.Clustering = new(bqv2.Clustering)
		for _, f := range fields {
			q.Clustering.Fields = append(q.Clustering.Fields, fmt.Sprint(f))
		}
	}
	return nil
}

func (c *testCase) addParameters(q *engine.Query) error {
	if c.parameters == nil {
		return nil
	}
	q.ParameterMode = strings.ToUpper(c.parameters.Mode)
	for _, p := range c.parameters.Parameters {
		typ := new(bqv2.QueryParameterType)
		if err := json.Unmarshal(p.Type, &typ.Type); err != nil {
			if err := json.Unmarshal(p.Type, typ); err != nil {
				return fmt.Errorf("parameter %s: %w", p.Name, err)
			}
		}
		q.Parameters = append(q.Parameters, &bqv2.QueryParameter{Name: p.Name, ParameterType: typ, ParameterValue: restValue(p.Value, typ)})
	}
	return nil
}

// restValue is a value as REST sends it.
func restValue(v any, typ *bqv2.QueryParameterType) *bqv2.QueryParameterValue {
	out := new(bqv2.QueryParameterValue)
	switch x := v.(type) {
	case nil:
		out.NullFields = []string{"Value"}
	case []any:
		for _, e := range x {
			out.ArrayValues = append(out.ArrayValues, restValue(e, typ.ArrayType))
		}
	case map[string]any:
		out.StructValues = map[string]bqv2.QueryParameterValue{}
		for _, f := range typ.StructTypes {
			out.StructValues[f.Name] = *restValue(x[f.Name], f.Type)
		}
	case float64:
		out.Value = strings.TrimSuffix(fmt.Sprintf("%v", json.Number(fmt.Sprintf("%.17g", x))), ".0")
	default:
		out.Value = fmt.Sprint(x)
		out.ForceSendFields = []string{"Value"}
	}
	return out
}
