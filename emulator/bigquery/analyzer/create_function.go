package analyzer

import (
	"strings"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

// createFunction reads CREATE TEMP FUNCTION with a body in SQL.
func createFunction(s *gsql.ResolvedCreateFunctionStmt) resolved.Statement {
	path := must(s.NamePath())
	switch {
	case must(s.CreateScope()) != gsql.ResolvedCreateStatementEnums_CreateScopeCreateTemp:
		bqerror.Refuse("CREATE FUNCTION without TEMP")
	case !strings.EqualFold(must(s.Language()), "SQL"):
		bqerror.Refuse("a function in %s", must(s.Language()))
	case must(s.IsAggregate()):
		bqerror.Refuse("CREATE AGGREGATE FUNCTION")
	case must(s.FunctionExpression()) == nil:
		bqerror.Refuse("a function of ANY TYPE")
	}
	f := &resolved.Function{Name: path[len(path)-1], Result: typeOf(must(s.ReturnType())), Body: must(s.Code())}
	signature := must(s.Signature())
	for i, name := range must(s.ArgumentNameList()) {
		typ := typeOf(must(must(signature.Argument(int32(i))).Type()))
		f.Arguments = append(f.Arguments, resolved.Variable{Name: name, Type: typ})
	}
	return &resolved.CreateFunction{Function: f}
}
