package analyzer

import (
	"regexp"
	"slices"
	"strings"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

// maxExpanded is how deep functions of ANY TYPE may call one another.
const maxExpanded = 16

// Expand puts the bodies of functions of ANY TYPE, and of aggregate ones, in the place of their calls. What the types
// of such a function are, only a call tells, and the analyzer has no functions without types.
func (Analyzer) Expand(sql string, list []*resolved.Function) (out string, err error) {
	e, err := shared()
	if err != nil {
		return "", err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	defer bqerror.Catch(&err)
	for range maxExpanded {
		x := &expansion{splitter: splitter{sql: sql}, functions: list}
		if tree := e.syntax(sql); tree != nil {
			x.calls(tree)
		}
		if len(x.edits) == 0 {
			return sql, nil
		}
		for i := range x.edits {
			x.edits[i].text = e.body(x.edits[i])
		}
		sql = replaced(sql, x.edits)
	}
	return "", bqerror.Unsupported("functions of ANY TYPE or aggregate ones nested deeper than %d", maxExpanded)
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
	functions []*resolved.Function
	edits     []edit
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
	path := must(must(call.Function()).ToIdentifierVector())
	i := slices.IndexFunc(x.functions, func(f *resolved.Function) bool {
		return f.Expanded && len(path) == 1 && strings.EqualFold(f.Name, path[0])
	})
	if i < 0 {
		return nil
	}
	return x.functions[i]
}

// differing are calls whose values differ each time.
var differing = regexp.MustCompile(`(?i)\b(rand|generate_uuid)\s*\(`)

// body is the body of a function with the arguments of a call in the place of their names.
func (e *engine) body(call edit) string {
	const prefix = "SELECT "
	f := call.function
	tree := e.syntax(prefix + f.Body)
	if tree == nil {
		bqerror.Refuse("the body of the function %s", f.Name)
	}
	s := &substitution{splitter: splitter{sql: prefix + f.Body}, call: call}
	s.paths(tree)
	text := "(" + strings.TrimPrefix(replaced(prefix+f.Body, s.edits), prefix) + ")"
	if f.Result != nil {
		text = "CAST(" + text + " AS " + f.Result.SQL() + ")"
	}
	return text
}

// substitution finds the names of arguments in a body.
type substitution struct {
	splitter
	call  edit
	edits []edit
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
			arg := s.call.args[i]
			if differing.MatchString(arg) {
				bqerror.Refuse("an argument of the function %s that differs from call to call, such as RAND(),", s.call.function.Name)
			}
			value := "(" + arg + ")"
			if a.Type != nil {
				value = "CAST(" + value + " AS " + a.Type.SQL() + ")"
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
