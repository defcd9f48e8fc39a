package javascript

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	jsonfunc "github.com/tallystream/tallystream/emulator/bigquery/functions/json"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// calls run a definition with its arguments, both as JSON.
var calls = function.Group{
	Natives: []function.Native{
		{Name: "bq_javascript", Args: function.Types{function.Text, function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			p, err := compiled(a[0].(string))
			if err != nil {
				return nil, err
			}
			return p.call(a[1].(string))
		}},
	},
}

// Definition is a function in JavaScript.
type Definition struct {
	Name      string // as errors call it
	Arguments []types.Field
	Result    *types.Type
	Body      string
	Library   string // code that runs before, once in a while
	Constant  []bool // the arguments of an aggregate function that are the same for all rows
}

// Call is a call of the function with expressions of DuckDB as arguments.
func Call(s function.Statement, d *Definition, args []string) string {
	wire := d.wire()
	parts := make([]string, len(args))
	for i, f := range d.Arguments {
		parts[i] = jsonfunc.Text(s, args[i], f.Type)
	}
	return d.result("bq_javascript(" + ducksql.String(wire.text()) + ", " + array(parts) + ")")
}

// wire is the definition as the statement carries it.
func (d *Definition) wire() *wireDefinition {
	wire := &wireDefinition{Name: d.Name, Body: d.Body, Library: d.Library, Constant: d.Constant}
	for _, f := range d.Arguments {
		supported(f.Type, "the argument "+f.Name+" of the function "+d.Name)
		wire.Arguments = append(wire.Arguments, wireField{f.Name, types.ToStandard(f.Type), f.Type.String()})
	}
	supported(d.Result, "the result of the function "+d.Name)
	wire.Type = types.ToStandard(d.Result)
	return wire
}

func (w *wireDefinition) text() string {
	text, err := json.Marshal(w)
	if err != nil {
		bqerror.Throw(fmt.Errorf("the function %s: %w", w.Name, err))
	}
	return string(text)
}

// result is what a call returns as a value of the result's type.
func (d *Definition) result(out string) string {
	if k := d.Result.Kind; k == types.Array || k == types.Struct {
		out = "CAST(" + out + " AS JSON)"
	}
	return ducksql.Cast(out, d.Result)
}

// supported refuses a type that functions in JavaScript don't take.
func supported(t *types.Type, what string) {
	switch t.Kind {
	case types.Datetime, types.Time, types.Interval, types.Geography, types.Range:
		bqerror.Refuse("%s in JavaScript, whose type is %s,", what, t)
	case types.Array:
		supported(t.Elem, what)
	case types.Struct:
		for _, f := range t.Fields {
			supported(f.Type, what)
		}
	}
}
