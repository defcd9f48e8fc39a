package analyzer

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/rewrite"
)

// maxExpanded is how deep functions of ANY TYPE may call one another.
const maxExpanded = 16

// Expand puts the bodies of functions of ANY TYPE, and of aggregate ones, in the place of their calls. The analyzer has
// no functions without types, and only a call tells the types of such a function.
func (Analyzer) Expand(sql string, list []*resolved.Function) (out string, err error) {
	e, err := shared()
	if err != nil {
		return "", err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	defer bqerror.Catch(&err)
	out, _ = e.expand(sql, func(path []string) *resolved.Function {
		i := slices.IndexFunc(list, func(f *resolved.Function) bool {
			return f.Expanded && len(path) == 1 && strings.EqualFold(f.Name, path[0])
		})
		if i < 0 {
			return nil
		}
		return list[i]
	})
	return out, nil
}

// dotted matches every call of a function of a dataset. A statement that it doesn't match needn't be parsed.
var dotted = regexp.MustCompile("[\\w`]\\s*\\.\\s*[\\w`]+\\s*\\(")

// expandKept does the same with the functions of datasets, and returns those that it has found.
func (e *engine) expandKept(sql string, names resolved.Names) (out string, edits []rewrite.Edit, found []resolved.Named, err error) {
	if names == nil || !dotted.MatchString(sql) {
		return sql, nil, nil, nil
	}
	defer bqerror.Catch(&err)
	out, edits = e.expand(sql, func(path []string) *resolved.Function {
		if len(path) == 1 && !strings.Contains(path[0], ".") {
			return nil
		}
		for _, kind := range []resolved.RoutineKind{resolved.ScalarFunction, resolved.AggregateFunction} {
			r, err := names.Routine(kind, path)
			if err != nil || r.Template == nil {
				continue
			}
			if r.Unread != nil {
				bqerror.Throw(r.Unread)
			}
			found = append(found, resolved.Named{Path: path, Routine: r})
			return r.Template
		}
		return nil
	})
	return out, edits, found, nil
}

// expand expands the calls of functions that find finds by their paths, and returns what it has changed.
func (e *engine) expand(sql string, find func(path []string) *resolved.Function) (string, []rewrite.Edit) {
	var done []rewrite.Edit
	calls := 0
	for range maxExpanded {
		x := &expansion{splitter: splitter{sql: sql}, find: find}
		if tree := e.syntax(sql); tree != nil {
			x.calls(tree)
		}
		if len(x.edits) == 0 {
			return sql, done
		}
		for i := range x.edits {
			calls++
			x.edits[i].number = calls
			x.edits[i].text = e.body(x.edits[i])
			done = append(done, rewrite.Edit{From: sql[x.edits[i].start:x.edits[i].end], To: x.edits[i].text})
		}
		sql = replaced(sql, x.edits)
	}
	bqerror.Refuse("functions of ANY TYPE or aggregate ones nested deeper than %d", maxExpanded)
	return "", nil
}

// syntax is the tree of a statement, nil if it has errors: the analysis tells them.
func (e *engine) syntax(sql string) gsql.ASTNode {
	out, err := gsql.ParseStatement(sql, must(gsql.NewParserOptions2(nil, nil, e.language)))
	if err != nil {
		return nil
	}
	return must(out.Statement())
}

// edit replaces a piece of a text.
type edit struct {
	start, end int
	text       string
	function   *resolved.Function // whose call it is
	args       []string
	number     int // of the call in the statement, from 1
}

// replaced makes edits that don't overlap.
func replaced(sql string, edits []edit) string {
	slices.SortFunc(edits, func(a, b edit) int { return b.start - a.start })
	for _, e := range edits {
		sql = sql[:e.start] + e.text + sql[e.end:]
	}
	return sql
}

// expansion finds the outermost calls.
type expansion struct {
	splitter
	find  func(path []string) *resolved.Function
	edits []edit
}

func (x *expansion) calls(n gsql.ASTNode) {
	if window, ok := n.(*gsql.ASTAnalyticFunctionCall); ok {
		if f := x.called(must(window.Function())); f != nil {
			bqerror.Refuse("the function %s with OVER", f.Name)
		}
	}
	call, ok := n.(*gsql.ASTFunctionCall)
	if ok {
		if f := x.called(call); f != nil {
			text := x.text(n)
			if must(call.Distinct()) {
				bqerror.Refuse("the function %s with DISTINCT", f.Name)
			}
			e := edit{start: text.Offset, end: text.Offset + len(text.SQL), function: f}
			for _, arg := range children(n)[1:] {
				e.args = append(e.args, x.text(arg).SQL)
			}
			if len(e.args) != len(f.Arguments) {
				bqerror.Throw(bqerror.Query("No matching signature for function %s: it has %d arguments, the call has %d", f.Name, len(f.Arguments), len(e.args)))
			}
			x.edits = append(x.edits, e)
			return
		}
	}
	for _, c := range children(n) {
		if c != nil {
			x.calls(c)
		}
	}
}

// called is the function that a call is of, nil for none of those that are expanded.
func (x *expansion) called(call *gsql.ASTFunctionCall) *resolved.Function {
	return x.find(must(must(call.Function()).ToIdentifierVector()))
}

// differing are calls whose values differ each time.
var differing = regexp.MustCompile(`(?i)\b(rand|generate_uuid)\s*\(`)

// scoping are the words by which a body brings names of its own. A name in an argument could be taken for one of them.
var scoping = regexp.MustCompile(`(?i)\b(select|from|with)\b|->`)

// body is the body of a function with the arguments of a call in the place of their names. Where the
// body has names of its own, variables that hold the arguments take that place.
func (e *engine) body(call edit) string {
	const prefix = "SELECT "
	f := call.function
	tree := e.syntax(prefix + f.Body)
	if tree == nil {
		bqerror.Refuse("the body of the function %s", f.Name)
	}
	s := &substitution{splitter: splitter{sql: prefix + f.Body}, call: call}
	held := !f.Aggregate && len(call.args) > 0 && (scoping.MatchString(f.Body) || slices.ContainsFunc(call.args, differing.MatchString))
	if held {
		for i := range call.args {
			s.held = append(s.held, fmt.Sprintf("_argument_%d_%d", call.number, i+1))
		}
	} else if f.Aggregate && scoping.MatchString(f.Body) {
		bqerror.Refuse("the aggregate function %s, whose body has a subquery,", f.Name)
	}
	s.paths(tree)
	text := strings.TrimPrefix(replaced(prefix+f.Body, s.edits), prefix)
	if held {
		list := make([]string, len(call.args))
		for i := range call.args {
			list[i] = s.held[i] + " AS " + s.value(i)
		}
		text = "WITH(" + strings.Join(list, ", ") + ", " + text + ")"
	}
	text = "(" + text + ")"
	if f.Result != nil {
		text = "CAST(" + text + " AS " + f.Result.SQL() + ")"
	}
	return text
}

// unrecognized is what the analyzer says of a name that nothing has.
var unrecognized = regexp.MustCompile(`^Unrecognized name: [^ ;]+`)

// checkTemplate refuses a function whose body has a name that isn't one of its arguments: a column where
// it is called may have that name. The caller holds e.mu.
func (e *engine) checkTemplate(req *resolved.Request, s resolved.Statement) (err error) {
	defer bqerror.Catch(&err)
	body, arguments := "", []resolved.Variable(nil)
	switch s := s.(type) {
	case *resolved.CreateFunction:
		if s.Function.Expanded {
			body, arguments = s.Function.Body, s.Function.Arguments
		}
	case *resolved.DDL:
		if r := s.Routine; s.Action == resolved.CreateRoutine && !r.JavaScript && r.Expr == nil && (r.Kind == resolved.ScalarFunction || r.Kind == resolved.AggregateFunction) {
			body, arguments = r.Body, r.Arguments
		}
	}
	if body == "" {
		return nil
	}
	sql := "SELECT " + body
	tree := e.syntax(sql)
	if tree == nil {
		return nil
	}
	call := edit{function: &resolved.Function{Arguments: arguments}}
	names := &substitution{splitter: splitter{sql: sql}, call: call}
	for range arguments {
		names.held = append(names.held, "NULL")
	}
	names.paths(tree)
	own := *req
	own.Variables, own.Parameters = nil, nil
	// Types aren't those of a call: only names count.
	if _, _, err := e.analyze(&own, replaced(sql, names.edits), true); err != nil {
		if m := unrecognized.FindString(err.Error()); m != "" {
			return bqerror.Query("%s in the body of the function", m)
		}
	}
	return nil
}

// substitution finds the names of arguments in a body.
type substitution struct {
	splitter
	call  edit
	held  []string // variables that hold the arguments; nil for none
	edits []edit
}

// value is an argument of the call as the function takes it.
func (s *substitution) value(i int) string {
	value, f := "("+s.call.args[i]+")", s.call.function
	if differing.MatchString(s.call.args[i]) && s.held == nil {
		bqerror.Refuse("an argument of the function %s that differs from call to call, such as RAND(),", f.Name)
	}
	if t := f.Arguments[i].Type; t != nil {
		value = "CAST(" + value + " AS " + t.SQL() + ")"
	}
	return value
}

func (s *substitution) paths(n gsql.ASTNode) {
	if path, ok := n.(*gsql.ASTPathExpression); ok {
		first := must(path.FirstName())
		text := s.text(first)
		name := must(path.ToIdentifierVector())[0]
		for i, a := range s.call.function.Arguments {
			if !strings.EqualFold(a.Name, name) {
				continue
			}
			value := ""
			if s.held != nil {
				value = s.held[i]
			} else {
				value = s.value(i)
			}
			s.edits = append(s.edits, edit{start: text.Offset, end: text.Offset + len(text.SQL), text: value})
		}
		return
	}
	list := children(n)
	if _, ok := n.(*gsql.ASTFunctionCall); ok {
		list = list[1:] // but its name
	}
	for _, c := range list {
		if c != nil {
			s.paths(c)
		}
	}
}
