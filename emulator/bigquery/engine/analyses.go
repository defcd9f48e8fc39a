package engine

import (
	"fmt"
	"slices"
	"strings"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// analyses keeps the analyses of statements. An analysis depends on the columns of the
// tables that a statement names, and not on which tables they are: the same statement in
// another project isn't analyzed again where its tables have the same columns.
type analyses struct {
	Analyzer
	kept *lru.Cache[string, *resolved.Analysis] // by analysisKey
}

func newAnalyses(a Analyzer) *analyses {
	kept, _ := lru.New[string, *resolved.Analysis](maxPlans) // fails only for no entries at all
	return &analyses{a, kept}
}

// Analyze implements resolved.Analyzer.
func (a *analyses) Analyze(req *resolved.Request) (*resolved.Analysis, error) {
	if n, ok := req.Names.(*names); ok && req.Definition {
		if analysis := a.atHome(req, n); analysis != nil {
			return analysis, nil
		}
	}
	return a.analyze(req)
}

func (a *analyses) analyze(req *resolved.Request) (*resolved.Analysis, error) {
	key := analysisKey(req)
	if known, ok := a.kept.Get(key); ok {
		if again, ok := ofOtherTables(known, req.Names); ok {
			return again, nil
		}
	}
	analysis, err := a.Analyzer.Analyze(req)
	if err == nil && keepable(analysis) {
		a.kept.Add(key, analysis)
	}
	return analysis, err
}

// ofOtherTables is an analysis of the tables that its paths name now, if they have the
// same columns.
func ofOtherTables(known *resolved.Analysis, names resolved.Names) (*resolved.Analysis, bool) {
	out := &resolved.Analysis{Statement: known.Statement, Replaced: map[*resolved.Source]*resolved.Source{}}
	for _, n := range known.Names {
		s, err := names.Table(n.Path)
		if err != nil || s.Visible != n.Source.Visible || !slices.EqualFunc(s.Columns, n.Source.Columns, sameColumn) {
			return nil, false
		}
		out.Names = append(out.Names, resolved.Named{Path: n.Path, Source: s})
		out.Replaced[n.Source] = s
	}
	return out, true
}

func sameColumn(a, b types.Field) bool {
	return a.Name == b.Name && a.Type.String() == b.Type.String() && a.Type.Collation == b.Type.Collation
}

// keepable reports whether all that an analysis names are tables.
func keepable(a *resolved.Analysis) bool {
	return !slices.ContainsFunc(a.Names, func(n resolved.Named) bool { return n.Source == nil })
}

// analysisKey is what an analysis depends on but for the tables that the statement names.
func analysisKey(req *resolved.Request) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\x00%v\x00%s\x00%t\x00", req.SQL, req.Positional, req.Zone, req.Definition)
	list := func(variables []resolved.Variable) {
		for _, v := range variables {
			fmt.Fprintf(&b, "%s %s\x00", v.Name, v.Type)
		}
		b.WriteByte(0)
	}
	list(req.Parameters)
	list(req.Variables)
	for _, f := range req.Functions {
		fmt.Fprintf(&b, "%s %s %s %t %v\x00", f.Name, f.Result, f.Body, f.Aggregate, f.Constant)
		list(f.Arguments)
	}
	return b.String()
}
