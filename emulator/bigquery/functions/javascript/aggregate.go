package javascript

import (
	"database/sql/driver"
	"encoding/json"
	"regexp"
	"strings"

	"github.com/dop251/goja"

	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	jsonfunc "github.com/tallystream/tallystream/emulator/bigquery/functions/json"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// aggregates run an aggregate function on the arguments of each row, and those that are the
// same for all rows, as JSON
// (https://cloud.google.com/bigquery/docs/user-defined-aggregates#create-javascript-udaf).
var aggregates = function.Group{
	Natives: []function.Native{
		{Name: "bq_javascript_aggregate", Args: function.Types{function.Text, function.Text, function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			p, err := compiled(a[0].(string))
			if err != nil {
				return nil, err
			}
			return p.aggregate(a[1].(string), a[2].(string))
		}},
	},
}

// CallAggregate is a call of an aggregate function with expressions of DuckDB as arguments.
func CallAggregate(s function.Statement, d *Definition, args []string) string {
	wire := d.wire()
	wire.Aggregate = true
	var rows, constants []string
	for i, f := range d.Arguments {
		text := jsonfunc.Text(s, args[i], f.Type)
		if d.Constant[i] {
			constants = append(constants, text)
		} else {
			rows = append(rows, text)
		}
	}
	each := "coalesce('[' || string_agg(" + array(rows) + ", ',') || ']', '[]')"
	return d.result("bq_javascript_aggregate(" + ducksql.String(wire.text()) + ", " + each + ", " + array(constants) + ")")
}

// array is an expression for a JSON array of texts.
func array(parts []string) string {
	if len(parts) == 0 {
		return "'[]'"
	}
	return "('[' || " + strings.Join(parts, " || ',' || ") + " || ']')"
}

// exported begins the declaration of a function of a module.
var (
	exported = regexp.MustCompile(`(?m)^(\s*)export(\s+)(async\s+function|function|const|let|var)\b`)
	module   = regexp.MustCompile(`(?m)^\s*(import|export)\b`)
)

// aggregators are the functions that an aggregate function exports.
var aggregators = []string{"initialState", "aggregate", "merge", "finalize"}

// aggregateSource is the code of an aggregate function as one function that returns its own.
// Its lines are where they were.
func aggregateSource(body string) (string, error) {
	body = exported.ReplaceAllString(body, "$1      $2$3")
	if m := module.FindStringSubmatch(body); m != nil {
		return "", function.Errorf("This %s in an aggregate function in JavaScript is not supported by this emulator", m[1])
	}
	parts := make([]string, len(aggregators))
	for i, name := range aggregators {
		parts[i] = name + ": typeof " + name + " === 'function' ? " + name + " : null"
	}
	return "(function() {\n" + body + "\nreturn {" + strings.Join(parts, ", ") + "}; })", nil
}

// byRow are the types of the arguments that each row has, and of those that are the same for all.
func (p *program) byRow() (perRow, same []*types.Type) {
	for i, t := range p.arguments {
		if p.constant[i] {
			same = append(same, t)
		} else {
			perRow = append(perRow, t)
		}
	}
	return perRow, same
}

// aggregate runs the function on JSON lists: one of the arguments of each row, and one of those
// that are the same for all.
func (p *program) aggregate(rows, constants string) (any, error) {
	r, err := p.newRuntime()
	if err != nil {
		return nil, err
	}
	var list []json.RawMessage
	if err := json.Unmarshal([]byte(rows), &list); err != nil {
		return nil, err
	}
	perRow, same := p.byRow()
	fixed, err := r.arguments(constants, same)
	if err != nil {
		return nil, err
	}
	done := guard(r.Runtime)
	defer done()
	made, err := r.function(goja.Undefined())
	if err != nil {
		return nil, p.failure(err)
	}
	functions := made.ToObject(r.Runtime)
	call := func(name string, args ...goja.Value) (goja.Value, error) {
		f, ok := goja.AssertFunction(functions.Get(name))
		if !ok {
			return nil, function.Errorf("%s must export a function %s", p.label, name)
		}
		v, err := f(goja.Undefined(), append(args, fixed...)...)
		if err != nil {
			return nil, p.failure(err)
		}
		return v, nil
	}
	if _, ok := goja.AssertFunction(functions.Get("merge")); !ok {
		return nil, function.Errorf("%s must export a function merge", p.label)
	}
	state, err := call("initialState")
	if err != nil {
		return nil, err
	}
	for _, row := range list {
		args, err := r.arguments(string(row), perRow)
		if err != nil {
			return nil, err
		}
		if _, err := call("aggregate", append([]goja.Value{state}, args...)...); err != nil { // which changes the state
			return nil, err
		}
	}
	v, err := call("finalize", state)
	if err != nil {
		return nil, err
	}
	out, err := r.text(v, p.result)
	if err != nil {
		return nil, function.Errorf("%s at %s", err, p.label)
	}
	return out, nil
}
