package javascript

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/dop251/goja"
	"github.com/dop251/goja/parser"
	lru "github.com/hashicorp/golang-lru/v2"
	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// wireDefinition is a Definition as the statement carries it.
type wireDefinition struct {
	Name      string                    `json:"name"`
	Arguments []wireField               `json:"arguments"`
	Type      *bqv2.StandardSqlDataType `json:"type"`
	Body      string                    `json:"body"`
	Library   string                    `json:"library,omitempty"`
	Aggregate bool                      `json:"aggregate,omitempty"`
	Constant  []bool                    `json:"constant,omitempty"`
}

type wireField struct {
	Name string                    `json:"name"`
	Type *bqv2.StandardSqlDataType `json:"type"`
	SQL  string                    `json:"sql"`
}

// program is a compiled function. A runtime runs one call at a time, so each call takes one
// of the pool.
type program struct {
	label     string // name and types of the arguments, as errors show it
	body      string
	arguments []*types.Type
	constant  []bool // of an aggregate function
	result    *types.Type
	code      *goja.Program
	library   *goja.Program // runs before, nil for none
	runtimes  sync.Pool     // of *runtime
}

// runtime is a JavaScript machine with the function in it.
type runtime struct {
	*goja.Runtime
	function  goja.Callable
	stringify goja.Callable
}

// programs are the latest by their definitions.
var programs, _ = lru.New[string, *program](maxPrograms) // fails only for no entries at all

// compiled is the program of a definition.
func compiled(definition string) (*program, error) {
	return function.Kept(programs, definition, compile)
}

func compile(definition string) (*program, error) {
	var d wireDefinition
	if err := json.Unmarshal([]byte(definition), &d); err != nil {
		return nil, fmt.Errorf("the definition of a function in JavaScript: %w", err)
	}
	p := &program{body: d.Body, constant: d.Constant}
	var err error
	if p.result, err = types.FromStandard(d.Type); err != nil {
		return nil, err
	}
	names, kinds := make([]string, len(d.Arguments)), make([]string, len(d.Arguments))
	for i, a := range d.Arguments {
		names[i], kinds[i] = a.Name, a.SQL
		t, err := types.FromStandard(a.Type)
		if err != nil {
			return nil, err
		}
		p.arguments = append(p.arguments, t)
	}
	if d.Library != "" {
		if p.library, err = goja.Compile("", d.Library, false); err != nil {
			return nil, function.Errorf("%s in a library of %s", err, d.Name)
		}
	}
	p.label = d.Name + "(" + strings.Join(kinds, ", ") + ")"
	// The body begins on the second line.
	source := "(function(" + strings.Join(names, ", ") + ") {\n" + d.Body + "\n})"
	if d.Aggregate {
		if source, err = aggregateSource(d.Body); err != nil {
			return nil, err
		}
	}
	tree, err := goja.Parse("", source)
	var wrong parser.ErrorList
	if errors.As(err, &wrong) && len(wrong) > 0 {
		at := wrong[0].Position
		return nil, function.Errorf("SyntaxError: %s at %s line %d, column %d", wrong[0].Message, p.label, at.Line-1, at.Column)
	}
	if err == nil {
		p.code, err = goja.CompileAST(tree, false)
	}
	if err != nil {
		return nil, function.Errorf("%s at %s", err, p.label)
	}
	return p, nil
}

func (p *program) newRuntime() (*runtime, error) {
	r := &runtime{Runtime: goja.New()}
	r.SetMaxCallStackSize(maxDepth)
	if p.library != nil {
		done := guard(r.Runtime)
		_, err := r.RunProgram(p.library)
		done()
		if err != nil {
			return nil, function.Errorf("%s in a library of %s", err, p.label)
		}
	}
	v, err := r.RunProgram(p.code)
	if err != nil {
		return nil, err
	}
	r.function, _ = goja.AssertFunction(v)
	r.stringify, _ = goja.AssertFunction(r.GlobalObject().Get("JSON").ToObject(r.Runtime).Get("stringify"))
	return r, nil
}

// call runs the function on a JSON list of arguments. The result is text from which DuckDB
// casts, nil for NULL.
func (p *program) call(arguments string) (any, error) {
	r, _ := p.runtimes.Get().(*runtime)
	if r == nil {
		var err error
		if r, err = p.newRuntime(); err != nil {
			return nil, err
		}
	}
	args, err := r.arguments(arguments, p.arguments)
	if err != nil {
		return nil, err
	}
	done := guard(r.Runtime)
	v, err := r.function(goja.Undefined(), args...)
	done()
	if err != nil {
		return nil, p.failure(err) // and forget the runtime, which may hold much
	}
	out, err := r.text(v, p.result)
	p.runtimes.Put(r)
	if err != nil {
		return nil, function.Errorf("%s at %s", err, p.label)
	}
	return out, nil
}

// failure words an error of a call.
func (p *program) failure(err error) error {
	var interrupted *goja.InterruptedError
	var thrown *goja.Exception
	var deep *goja.StackOverflowError
	switch {
	case errors.As(err, &deep):
		return function.Errorf("RangeError: Maximum call stack size exceeded at %s", p.label)
	case errors.As(err, &interrupted):
		return function.Errorf("Resources exceeded during query execution: %v; in the function %s", interrupted.Value(), p.label)
	case errors.As(err, &thrown):
		line, column := p.position(thrown)
		return function.Errorf("%s at %s line %d, column %d", thrown.Value(), p.label, line, column)
	}
	return function.Errorf("%s at %s", err, p.label)
}

// position is where in the body something was thrown: the statement, not the value.
func (p *program) position(thrown *goja.Exception) (line, column int) {
	lines := strings.Split(p.body, "\n")
	for _, frame := range thrown.Stack() {
		at := frame.Position()
		if line, column = at.Line-1, at.Column; line < 1 || line > len(lines) {
			continue
		}
		text := lines[line-1]
		before := strings.TrimRight(text[:min(max(column-1, 0), len(text))], " \t")
		if strings.HasSuffix(before, "throw") {
			column = len(before) - len("throw") + 1
		}
		return line, column
	}
	return 1, 1
}
