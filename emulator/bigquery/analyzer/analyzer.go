// Package analyzer parses and analyzes GoogleSQL with Google's own analyzer and
// hands out package resolved's tree. No other package imports the analyzer: it
// takes minutes and gigabytes to compile.
//
// It runs nothing, translates nothing and holds no data.
//
// One package because nothing else may import the analyzer: it has a file for each
// statement.
package analyzer

import (
	"regexp"
	"runtime"
	"strings"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/rewrite"
)

// Analyzer analyzes statements and splits scripts. The zero Analyzer works; all
// share what Google's analyzer needs, which is made on first use.
type Analyzer struct{}

var _ resolved.Analyzer = Analyzer{}

// loadData begins a statement whose table may be one that it makes.
var loadData = regexp.MustCompile(`(?i)^\s*LOAD\s+DATA\b`)

// Analyze resolves one statement.
func (Analyzer) Analyze(req *resolved.Request) (*resolved.Analysis, error) {
	e, err := shared()
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	text, partition, err := e.ingestionClause(req.SQL)
	if err != nil {
		return nil, err
	}
	text, edits, kept, err := e.expandKept(text, req.Names)
	if err != nil {
		return nil, err
	}
	text, more, err := rewrite.Calls(text)
	if err != nil {
		return nil, err
	}
	edits = append(edits, more...)
	out, suspect, err := e.analyze(req, text, req.Zone != "")
	if suspect {
		out, _, err = e.analyze(req, text, true)
	}
	if err != nil {
		return nil, err
	}
	if err := e.checkTemplate(req, out.Statement); err != nil {
		return nil, err
	}
	out.Names = append(out.Names, kept...)
	if ddl, ok := out.Statement.(*resolved.DDL); ok {
		if partition != nil {
			ddl.Partition = partition
		}
		asWritten(ddl, edits)
	}
	return out, nil
}

// asWritten gives what a statement keeps as text the form that its author wrote.
func asWritten(d *resolved.DDL, edits []rewrite.Edit) {
	d.View = rewrite.Undo(d.View, edits)
	if d.Routine != nil {
		d.Routine.Body = rewrite.Undo(d.Routine.Body, edits)
	}
	if d.RowPolicy != nil {
		d.RowPolicy.Filter = rewrite.Undo(d.RowPolicy.Filter, edits)
	}
	for i := range d.Columns {
		d.Columns[i].Default = rewrite.Undo(d.Columns[i].Default, edits)
	}
}

// analyze resolves a statement and copies its tree while everything that the tree
// points to is alive. suspect says that a constant may be folded wrongly, unless
// unfolded forbids folding. The caller holds e.mu.
func (e *engine) analyze(req *resolved.Request, sql string, unfolded bool) (out *resolved.Analysis, suspect bool, err error) {
	defer bqerror.Catch(&err)
	catalog, keep := e.catalogFor(req)
	options := e.analyzerOptions(req, unfolded)
	l := &lookup{analyzer: e, names: req.Names, makes: loadData.MatchString(sql)}
	e.tables.current = l
	analyzed, err := gsql.AnalyzeStatement(sql, options, catalog, e.types)
	e.tables.current = nil
	if err != nil {
		if l.failed != nil {
			return nil, false, l.failed
		}
		if l.unfound != nil && strings.Contains(err.Error(), l.unfound.Error()) {
			return nil, false, l.unfound
		}
		return nil, false, analysisError(err)
	}
	c := &converter{named: l.named, columns: map[int32]*resolved.Column{}, entries: map[string][]*resolved.Column{}, sql: sql, zone: req.Zone}
	out = &resolved.Analysis{Statement: c.statement(must(analyzed.ResolvedStatement())), Names: l.named}
	runtime.KeepAlive(analyzed)
	runtime.KeepAlive(options)
	runtime.KeepAlive(catalog)
	runtime.KeepAlive(keep)
	runtime.KeepAlive(l)
	return out, c.suspect && !unfolded, nil
}
