package analyzer

import (
	"fmt"
	"strings"
	"unicode/utf8"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/script"
)

// Script splits a script into its statements.
func (Analyzer) Script(sql string) (nodes []script.Node, err error) {
	e, err := shared()
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	defer bqerror.Catch(&err)
	options := must(gsql.NewParserOptions2(nil, nil, e.language))
	out, err := gsql.ParseScript(sql, options, &gsql.ErrorMessageOptions{
		Mode: gsql.ErrorMessageModeErrorMessageOneLine, Stability: gsql.ErrorMessageStabilityProduction,
		InputOriginalStartLine: 1, InputOriginalStartColumn: 1,
	})
	if err != nil {
		return nil, analysisError(err)
	}
	p := &splitter{sql: sql}
	return p.body(must(must(out.Script()).StatementListNode())), nil
}

// splitter cuts a script along its syntax tree.
type splitter struct{ sql string }

// text is the text of a syntax node.
func (p *splitter) text(n gsql.ASTNode) script.Text {
	r := must(n.GetParseLocationRange())
	start, end := must(must(r.Start()).GetByteOffset()), must(must(r.End()).GetByteOffset())
	return script.Text{SQL: p.sql[start:end], Offset: int(start)}
}

// expr is the text of an expression that may be absent.
func (p *splitter) expr(n gsql.ASTExpressionNode) string {
	if n == nil {
		return ""
	}
	return p.text(n).SQL
}

// children are the child nodes of a syntax node.
func children(n gsql.ASTNode) []gsql.ASTNode {
	list := make([]gsql.ASTNode, must(n.NumChildren()))
	for i := range list {
		list[i] = must(n.Child(int32(i)))
	}
	return list
}

// body are the statements of a script or a block, which may begin with declarations.
func (p *splitter) body(l *gsql.ASTStatementList) []script.Node { return p.statements(l, true) }

// list are the statements of a branch or a loop.
func (p *splitter) list(l *gsql.ASTStatementList) []script.Node { return p.statements(l, false) }

func (p *splitter) statements(l *gsql.ASTStatementList, start bool) []script.Node {
	if l == nil {
		return nil
	}
	var nodes []script.Node
	for _, c := range children(l) {
		n := p.node(c)
		if d, ok := n.(*script.Declare); !ok {
			start = false
		} else if !start {
			bqerror.Throw(bqerror.Query("Variable declarations are allowed only at the start of a block or script at [%s]", p.at(d.Offset)))
		}
		nodes = append(nodes, n)
	}
	return nodes
}

// at is where an offset of the script is, line:column.
func (p *splitter) at(offset int) string {
	before := p.sql[:offset]
	return fmt.Sprintf("%d:%d", strings.Count(before, "\n")+1, utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])+1)
}

func (p *splitter) node(n gsql.ASTNode) script.Node {
	text := p.text(n)
	switch s := n.(type) {
	case *gsql.ASTVariableDeclaration:
		d := &script.Declare{Text: text, Names: identifiers(must(s.VariableList())), Default: p.expr(must(s.DefaultValue()))}
		if typ := must(s.Type()); typ != nil {
			d.Type = p.text(typ).SQL
		}
		return d
	case *gsql.ASTSingleAssignment:
		return &script.Set{Text: text, Names: []string{must(must(s.Variable()).GetAsString())}, Value: p.expr(must(s.Expression()))}
	case *gsql.ASTAssignmentFromStruct:
		return &script.Set{Text: text, Names: identifiers(must(s.Variables())), Tuple: true, Value: p.expr(must(s.StructExpression()))}
	case *gsql.ASTSystemVariableAssignment:
		name := strings.Join(must(must(must(s.SystemVariable()).Path()).ToIdentifierVector()), ".")
		return &script.Set{Text: text, Names: []string{name}, System: true, Value: p.expr(must(s.Expression()))}
	case *gsql.ASTBeginEndBlock:
		return p.block(s, text)
	case *gsql.ASTIfStatement:
		return p.ifNode(s, text)
	case *gsql.ASTCaseStatement:
		return p.caseNode(s, text)
	case *gsql.ASTWhileStatement:
		loop := &script.Loop{Text: text, Label: label(must(s.Label())), Body: p.list(must(s.Body()))}
		if c := must(s.Condition()); c != nil {
			loop.While = p.expr(c)
		}
		return loop
	case *gsql.ASTRepeatStatement:
		return &script.Loop{Text: text, Label: label(must(s.Label())), Body: p.list(must(s.Body())), Until: p.expr(must(must(s.UntilClause()).Condition()))}
	case *gsql.ASTForInStatement:
		return &script.For{
			Text: text, Label: label(must(s.Label())), Variable: must(must(s.Variable()).GetAsString()),
			Query: p.text(must(s.Query())).SQL, Body: p.list(must(s.Body())),
		}
	case *gsql.ASTBreakStatement:
		return &script.Jump{Text: text, Label: label(must(s.Label()))}
	case *gsql.ASTContinueStatement:
		return &script.Jump{Text: text, Label: label(must(s.Label())), Continue: true}
	case *gsql.ASTReturnStatement:
		return &script.Jump{Text: text, Return: true}
	case *gsql.ASTRaiseStatement:
		return &script.Raise{Text: text, Message: p.expr(must(s.Message()))}
	case *gsql.ASTExecuteImmediateStatement:
		return p.execute(s, text)
	case *gsql.ASTCallStatement:
		return p.call(s, text)
	case *gsql.ASTCreateProcedureStatement:
		return &script.Simple{Text: text, Script: true}
	}
	return &script.Simple{Text: text}
}

func label(l *gsql.ASTLabel) string {
	if l == nil {
		return ""
	}
	return must(must(l.Name()).GetAsString())
}

func identifiers(l *gsql.ASTIdentifierList) []string {
	if l == nil {
		return nil
	}
	var names []string
	for _, c := range children(l) {
		id, ok := c.(*gsql.ASTIdentifier)
		if !ok {
			bqerror.Refuse("this list of variables")
		}
		names = append(names, must(id.GetAsString()))
	}
	return names
}

func (p *splitter) block(s *gsql.ASTBeginEndBlock, text script.Text) script.Node {
	b := &script.Block{Text: text, Label: label(must(s.Label())), Body: p.body(must(s.StatementListNode()))}
	if must(s.HasExceptionHandler()) {
		b.HasCatch = true
		b.Handler = p.list(must(must(must(s.HandlerList()).ExceptionHandlerList(0)).StatementList()))
	}
	return b
}

func (p *splitter) ifNode(s *gsql.ASTIfStatement, text script.Text) script.Node {
	n := &script.If{Text: text, Branches: []script.Branch{{Condition: p.expr(must(s.Condition())), Body: p.list(must(s.ThenList()))}}}
	if l := must(s.ElseifClauses()); l != nil {
		for _, c := range children(l) {
			e, ok := c.(*gsql.ASTElseifClause)
			if !ok {
				bqerror.Refuse("this ELSEIF")
			}
			n.Branches = append(n.Branches, script.Branch{Condition: p.expr(must(e.Condition())), Body: p.list(must(e.Body()))})
		}
	}
	n.Else = p.list(must(s.ElseList()))
	return n
}

func (p *splitter) caseNode(s *gsql.ASTCaseStatement, text script.Text) script.Node {
	n := &script.If{Text: text}
	value := must(s.Expression())
	for _, c := range children(must(s.WhenThenClauses())) {
		w, ok := c.(*gsql.ASTWhenThenClause)
		if !ok {
			bqerror.Refuse("this WHEN")
		}
		condition := p.expr(must(w.Condition()))
		if value != nil {
			condition = fmt.Sprintf("(%s) = (%s)", p.expr(value), condition)
		}
		n.Branches = append(n.Branches, script.Branch{Condition: condition, Body: p.list(must(w.Body()))})
	}
	n.Else = p.list(must(s.ElseList()))
	return n
}

func (p *splitter) execute(s *gsql.ASTExecuteImmediateStatement, text script.Text) script.Node {
	n := &script.Execute{Text: text, Query: p.expr(must(s.Sql()))}
	if into := must(s.IntoClause()); into != nil {
		n.Into = identifiers(must(into.Identifiers()))
	}
	using := must(s.UsingClause())
	if using == nil {
		return n
	}
	for _, c := range children(using) {
		a, ok := c.(*gsql.ASTExecuteUsingArgument)
		if !ok {
			bqerror.Refuse("this argument of EXECUTE IMMEDIATE")
		}
		arg := script.Argument{Value: p.expr(must(a.Expression()))}
		if alias := must(a.Alias()); alias != nil {
			arg.Name = must(must(alias.Identifier()).GetAsString())
		}
		n.Using = append(n.Using, arg)
	}
	for _, arg := range n.Using {
		if (arg.Name == "") != (n.Using[0].Name == "") {
			bqerror.Throw(bqerror.Query("EXECUTE IMMEDIATE USING arguments must be either all named or all positional at [%s]", p.at(text.Offset)))
		}
	}
	return n
}

func (p *splitter) call(s *gsql.ASTCallStatement, text script.Text) script.Node {
	n := &script.Call{Text: text}
	for _, c := range children(s)[1:] { // after the name
		a, ok := c.(*gsql.ASTTVFArgument)
		if !ok || must(a.Expr()) == nil {
			bqerror.Refuse("this argument of CALL")
		}
		n.Args = append(n.Args, p.expr(must(a.Expr())))
	}
	return n
}
