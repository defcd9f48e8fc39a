package catalog

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// Routine is a function or a procedure of a dataset. It is immutable once published.
type Routine struct {
	ID        int64 // given once; no table has it
	Ref       Ref
	Resource  *bqv2.Routine
	Arguments []types.Field
	// Columns are those of a table function on the day that it was made; the only one of a
	// scalar function is its value.
	Columns []types.Field
	// Create is the statement that would create the routine.
	Create  string
	returns []types.Field // the columns that it declares, like Columns; nil for none
}

// DraftRoutine derives a routine from its resource, which may lack a body that is right.
func (c *Catalog) DraftRoutine(r *bqv2.Routine) (*Routine, error) { return newRoutine(0, r, nil) }

func newRoutine(id int64, r *bqv2.Routine, columns []types.Field) (*Routine, error) {
	ref := r.RoutineReference
	out := &Routine{ID: id, Ref: Ref{ref.ProjectId, ref.DatasetId, ref.RoutineId}, Resource: r, Columns: columns}
	for _, a := range r.Arguments {
		if a.ArgumentKind == "ANY_TYPE" {
			out.Arguments = append(out.Arguments, types.Field{Name: a.Name})
			continue
		}
		typ, err := types.FromStandard(a.DataType)
		if err != nil {
			return nil, bqerror.Invalid("Routine %s, argument %s: %v", out.Ref, a.Name, err)
		}
		out.Arguments = append(out.Arguments, types.Field{Name: a.Name, Type: typ})
	}
	var err error
	switch {
	case r.ReturnTableType != nil:
		if out.returns, err = types.FromStandardFields(r.ReturnTableType.Columns); err != nil {
			return nil, bqerror.Invalid("Routine %s, returnTableType: %v", out.Ref, err)
		}
	case r.ReturnType != nil:
		if out.returns, err = types.FromStandardFields([]*bqv2.StandardSqlField{{Name: "", Type: r.ReturnType}}); err != nil {
			return nil, bqerror.Invalid("Routine %s, returnType: %v", out.Ref, err)
		}
	}
	out.Create = out.create()
	return out, nil
}

func (r *Routine) create() string {
	name := fmt.Sprintf("`%s`.`%s`.`%s`", r.Ref.Project, r.Ref.Dataset, r.Ref.Table)
	body := " AS (\n" + r.Resource.DefinitionBody + "\n)"
	switch resolved.RoutineKind(r.Resource.RoutineType) {
	case resolved.Procedure:
		args := make([]string, len(r.Arguments))
		for i, a := range r.Arguments {
			args[i] = strings.TrimSpace(r.Resource.Arguments[i].Mode + " " + declaration(a))
		}
		return "CREATE PROCEDURE " + name + "(" + strings.Join(args, ", ") + ")\n" + r.Resource.DefinitionBody
	case resolved.TableFunction:
		if r.returns != nil {
			body = " RETURNS TABLE<" + declarations(r.returns) + ">" + body
		}
		return "CREATE TABLE FUNCTION " + name + "(" + declarations(r.Arguments) + ")" + body
	default:
		returns := ""
		if r.returns != nil {
			returns = " RETURNS " + declarations(r.returns)
		}
		if r.Resource.Language == "JAVASCRIPT" {
			body = " LANGUAGE js" + libraryOption(r.Resource.ImportedLibraries) + " AS " + quoted(r.Resource.DefinitionBody)
		}
		body = returns + body
		kind := "FUNCTION "
		if r.Resource.RoutineType == string(resolved.AggregateFunction) {
			kind = "AGGREGATE FUNCTION "
		}
		return "CREATE " + kind + name + "(" + declarations(r.Arguments) + ")" + body
	}
}

// IsTemplate says that the body takes the place of each call: the function is an aggregate one, or an
// argument is of ANY TYPE.
func (r *Routine) IsTemplate() bool {
	return r.Resource.RoutineType == string(resolved.AggregateFunction) ||
		slices.ContainsFunc(r.Arguments, func(a types.Field) bool { return a.Type == nil })
}

// Returns is the type that a function declares for its value, nil for none.
func (r *Routine) Returns() *types.Type {
	if len(r.returns) == 0 {
		return nil
	}
	return r.returns[0].Type
}

// libraryOption is OPTIONS of a function in JavaScript with libraries.
func libraryOption(uris []string) string {
	if len(uris) == 0 {
		return ""
	}
	list := make([]string, len(uris))
	for i, uri := range uris {
		list[i] = quoted(uri)
	}
	return " OPTIONS (library = [" + strings.Join(list, ", ") + "])"
}

// quoted is a text as a literal of GoogleSQL.
func quoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`).Replace(text) + `"`
}

// declarations lists names with their types.
func declarations(fields []types.Field) string {
	list := make([]string, len(fields))
	for i, f := range fields {
		list[i] = declaration(f)
	}
	return strings.Join(list, ", ")
}

func declaration(f types.Field) string {
	switch {
	case f.Name == "":
		return f.Type.SQL()
	case f.Type == nil:
		return "`" + f.Name + "` ANY TYPE"
	}
	return "`" + f.Name + "` " + f.Type.SQL()
}

// Fingerprint changes with everything that the translation of a call depends on.
func (r *Routine) Fingerprint() string { return fmt.Sprintf("routine %d %s", r.ID, r.Resource.Etag) }

// Routine finds a routine.
func (c *Catalog) Routine(ref Ref) (*Routine, error) {
	d, err := c.Dataset(ref.DatasetRef())
	if err != nil {
		return nil, err
	}
	return d.Routine(ref)
}

// Routine finds a routine of the dataset.
func (d *Dataset) Routine(ref Ref) (*Routine, error) { return find(d.routines, "Routine", ref) }

// Routines lists the routines of a dataset by name.
func (d *Dataset) Routines() []*Routine { return byName(d.routines) }

// PutRoutine creates or replaces a routine. A routine that is replaced gets a number
// of its own.
func (tx *Tx) PutRoutine(r *bqv2.Routine, columns []types.Field) (*Routine, error) {
	id, err := tx.NewID()
	if err != nil {
		return nil, err
	}
	routine, err := newRoutine(id, r, columns)
	if err != nil {
		return nil, err
	}
	d, err := tx.own(routine.Ref.DatasetRef())
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(stored{r, types.ToStandardFields(columns)})
	if err != nil {
		return nil, fmt.Errorf("marshal routine %s: %w", routine.Ref, err)
	}
	if old := d.routines[routine.Ref.Table]; old != nil {
		if err := tx.Exec(`DELETE FROM meta.routines WHERE id = ?`, old.ID); err != nil {
			return nil, err
		}
	}
	d.routines[routine.Ref.Table] = routine
	return routine, tx.Exec(`INSERT INTO meta.routines VALUES (?, ?, ?, ?, ?)`,
		id, routine.Ref.Project, routine.Ref.Dataset, routine.Ref.Table, string(text))
}

// stored is a routine as meta.routines has it.
type stored struct {
	Resource *bqv2.Routine
	Columns  []*bqv2.StandardSqlField
}

// loadRoutine reads a routine of meta.routines.
func loadRoutine(id int64, text []byte) (*Routine, error) {
	var s stored
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, err
	}
	columns, err := types.FromStandardFields(s.Columns)
	if err != nil {
		return nil, err
	}
	return newRoutine(id, s.Resource, columns)
}

// DropRoutine removes a routine.
func (tx *Tx) DropRoutine(ref Ref) error {
	d, err := tx.own(ref.DatasetRef())
	if err != nil {
		return err
	}
	r, err := d.Routine(ref)
	if err != nil {
		return err
	}
	delete(d.routines, ref.Table)
	return tx.Exec(`DELETE FROM meta.routines WHERE id = ?`, r.ID)
}
