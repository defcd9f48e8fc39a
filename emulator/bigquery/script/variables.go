package script

import (
	"context"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

func (r *Runner) declare(ctx context.Context, d *Declare) error {
	v, err := r.initial(ctx, d)
	if err != nil {
		return err
	}
	scopes := r.State.Scopes
	inner := len(scopes) - 1
	for _, name := range d.Names {
		for _, other := range scopes[inner] {
			if strings.EqualFold(other.Name, name) {
				return bqerror.Query("Variable '%s' redeclaration is not allowed", name)
			}
		}
		scopes[inner] = append(scopes[inner], &Variable{Name: name, Type: v.Type, Value: v.Value, Declared: d.Type})
	}
	return nil
}

// initial is the value of a variable before it is set.
func (r *Runner) initial(ctx context.Context, d *Declare) (*Variable, error) {
	switch {
	case d.Default == "":
		typ, err := r.Host.Type(d.Type)
		return &Variable{Type: typ}, err
	case d.Type == "":
		return r.Host.Evaluate(ctx, "("+d.Default+")")
	default:
		return r.Host.Evaluate(ctx, "CAST(("+d.Default+") AS "+d.Type+")")
	}
}

// named finds the variables of some names.
func (r *Runner) named(names []string) ([]*Variable, error) {
	list := make([]*Variable, len(names))
	for i, name := range names {
		if list[i] = r.State.Scopes.Find(name); list[i] == nil {
			return nil, bqerror.Query("Undeclared variable: %s", name)
		}
	}
	return list, nil
}

func (r *Runner) set(ctx context.Context, s *Set) error {
	if s.System {
		v, err := r.Host.Evaluate(ctx, "("+s.Value+")")
		if err != nil {
			return err
		}
		return r.Host.SetSystem(strings.ToLower(s.Names[0]), v.Value)
	}
	targets, err := r.named(s.Names)
	if err != nil {
		return err
	}
	if !s.Tuple && len(targets) == 1 {
		v, err := r.Host.Evaluate(ctx, "CAST(("+s.Value+") AS "+targets[0].typeName()+")")
		if err != nil {
			return err
		}
		targets[0].Value = v.Value
		return nil
	}
	v, err := r.Host.Evaluate(ctx, "("+s.Value+")")
	if err != nil {
		return err
	}
	return v.spread(targets)
}

// spread stores the fields of a STRUCT in several variables.
func (v *Variable) spread(targets []*Variable) error {
	if v.Type.Kind != types.Struct || len(v.Type.Fields) != len(targets) {
		return bqerror.Query("SET of %d variables needs a STRUCT of %d fields, not a %s", len(targets), len(targets), v.Type)
	}
	fields, _ := v.Value.(map[string]any)
	for i, t := range targets {
		if err := t.Assignable(v.Type.Fields[i].Type); err != nil {
			return err
		}
		t.Value = fields[v.Type.Key(i)]
	}
	return nil
}

// typeName is the type that a value is cast to.
func (v *Variable) typeName() string {
	if v.Declared != "" {
		return v.Declared
	}
	return v.Type.String()
}

// Assignable refuses values of another type than the variable's, and those that aren't cast where
// its type has parameters.
func (v *Variable) Assignable(typ *types.Type) error {
	if strings.Contains(v.Declared, "(") {
		return bqerror.Unsupported("Another way than SET of it alone to give a value to the variable %s of type %s", v.Name, v.Declared)
	}
	if !typ.Same(v.Type) {
		return bqerror.Query("Cannot assign a value of type %s to variable '%s' of type %s", typ, v.Name, v.Type)
	}
	return nil
}

// execute runs EXECUTE IMMEDIATE.
func (r *Runner) execute(ctx context.Context, s *Execute) error {
	v, err := r.Host.Evaluate(ctx, "CAST(("+s.Query+") AS STRING)")
	if err != nil {
		return err
	}
	text, ok := v.Value.(string)
	if !ok {
		return bqerror.Query("EXECUTE IMMEDIATE sql string cannot be NULL")
	}
	var using []*Variable
	for _, a := range s.Using {
		arg, err := r.Host.Evaluate(ctx, "("+a.Value+")")
		if err != nil {
			return err
		}
		arg.Name = strings.ToLower(a.Name)
		using = append(using, arg)
	}
	return r.Host.Execute(ctx, text, using, s.Into)
}
