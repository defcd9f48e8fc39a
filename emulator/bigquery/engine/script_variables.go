package engine

import (
	"context"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/script"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

func (r *run) declare(ctx context.Context, d *script.Declare) error {
	v, err := r.initial(ctx, d)
	if err != nil {
		return err
	}
	inner := len(r.scopes) - 1
	for _, name := range d.Names {
		for _, other := range r.scopes[inner] {
			if strings.EqualFold(other.name, name) {
				return bqerror.Query("Variable '%s' redeclaration is not allowed", name)
			}
		}
		r.scopes[inner] = append(r.scopes[inner], &variable{name: name, typ: v.typ, value: v.value})
	}
	return nil
}

// initial is the value of a variable before it is set.
func (r *run) initial(ctx context.Context, d *script.Declare) (*variable, error) {
	switch {
	case d.Default == "":
		plan, err := r.plan("SELECT CAST(NULL AS " + d.Type + ")")
		if err != nil {
			return nil, err
		}
		return &variable{typ: plan.Columns[0].Type}, nil
	case d.Type == "":
		return r.evaluate(ctx, "("+d.Default+")")
	default:
		return r.evaluate(ctx, "CAST(("+d.Default+") AS "+d.Type+")")
	}
}

func (r *run) set(ctx context.Context, s *script.Set) error {
	if s.System {
		return r.setSystem(ctx, s)
	}
	targets := make([]*variable, len(s.Names))
	for i, name := range s.Names {
		if targets[i] = r.variable(name); targets[i] == nil {
			return bqerror.Query("Undeclared variable: %s", name)
		}
	}
	if len(targets) == 1 {
		v, err := r.evaluate(ctx, "CAST(("+s.Value+") AS "+targets[0].typ.String()+")")
		if err != nil {
			return err
		}
		targets[0].value = v.value
		return nil
	}
	v, err := r.evaluate(ctx, "("+s.Value+")")
	if err != nil {
		return err
	}
	if v.typ.Kind != types.Struct || len(v.typ.Fields) != len(targets) {
		return bqerror.Query("SET of %d variables needs a STRUCT of %d fields, not a %s", len(targets), len(targets), v.typ)
	}
	fields, _ := v.value.(map[string]any)
	for i, t := range targets {
		if !v.typ.Fields[i].Type.Same(t.typ) {
			return bqerror.Query("Cannot assign a value of type %s to variable '%s' of type %s", v.typ.Fields[i].Type, t.name, t.typ)
		}
		t.value = fields[v.typ.Key(i)]
	}
	return nil
}

func (r *run) setSystem(ctx context.Context, s *script.Set) error {
	name := strings.ToLower(s.Names[0])
	v, err := r.evaluate(ctx, "("+s.Value+")")
	if err != nil {
		return err
	}
	text, _ := v.value.(string)
	switch name {
	case "dataset_id":
		r.names.defaultDataset = text
	case "dataset_project_id":
		r.names.defaultProject = text
	case "query_label":
		r.system[name] = v.value
	default:
		return bqerror.Unsupported("SET @@%s", name)
	}
	return nil
}
