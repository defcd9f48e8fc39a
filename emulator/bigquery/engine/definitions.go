package engine

import (
	"slices"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/rewrite"
)

// home stands for the project of a definition. No project has this name.
const home = "@home"

// atHome is the analysis of a definition whose text doesn't depend on the project that it is in, so that it is kept for
// the same definition in other projects. It is nil where there is none: the statement as it is written says what is wrong.
func (a *analyses) atHome(req *resolved.Request, n *names) *resolved.Analysis {
	sql, ok := rewrite.Project(req.SQL, n.project, home)
	if !ok {
		return nil
	}
	own := *req
	own.SQL, own.Names = sql, homeNames{n}
	kept, err := a.analyze(&own)
	if err != nil {
		return nil
	}
	analysis := *kept
	analysis.Names = slices.Clone(kept.Names)
	for i := range analysis.Names {
		analysis.Names[i].Path = n.fromHome(analysis.Names[i].Path)
	}
	return &analysis
}

// homeNames finds what a definition names with home as its project.
type homeNames struct{ *names }

// Table implements resolved.Names.
func (n homeNames) Table(path []string) (*resolved.Source, error) {
	return n.names.Table(n.fromHome(path))
}

// Routine implements resolved.Names.
func (n homeNames) Routine(kind resolved.RoutineKind, path []string) (*resolved.Routine, error) {
	return n.names.Routine(kind, n.fromHome(path))
}

// fromHome is a path with the project's name in the place of home.
func (n *names) fromHome(path []string) []string {
	first, rest, qualified := strings.Cut(path[0], ".")
	if first != home {
		return path
	}
	if first = n.project; qualified {
		first += "." + rest
	}
	return slices.Concat([]string{first}, path[1:])
}
