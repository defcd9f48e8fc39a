package engine

import (
	"context"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/governance"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/store"
)

func (r *run) createDataPolicy(ctx context.Context, d *resolved.DDL, res *Result) error {
	name, err := governance.ParseName(d.Path, r.names.project)
	if err != nil {
		return err
	}
	location, id, _ := strings.Cut(name, "/dataPolicies/")
	p := governance.DataPolicy{DataPolicyID: id, Type: governance.RawAccessType, Version: governance.V2}
	if err := setDataPolicyOptions(&p, d.Options); err != nil {
		return err
	}
	res.DDLOperation = "CREATE"
	if _, err := r.engine.Governance.DataPolicy(name); err == nil {
		if d.IfNotExists {
			res.DDLOperation = "SKIP"
			return nil
		}
		res.DDLOperation = "REPLACE"
	}
	_, err = r.engine.PutDataPolicy(ctx, location, p, d.Replace)
	return err
}

func (r *run) alterDataPolicy(ctx context.Context, d *resolved.DDL, res *Result) error {
	name, err := governance.ParseName(d.Path, r.names.project)
	if err != nil {
		return err
	}
	res.DDLOperation = "ALTER"
	_, err = r.engine.UpdateDataPolicy(ctx, name, func(p *governance.DataPolicy) error {
		for _, a := range d.Alter {
			if a.Action != resolved.SetOptions {
				return bqerror.Unsupported("this ALTER DATA_POLICY")
			}
			if err := setDataPolicyOptions(p, a.Options); err != nil {
				return err
			}
		}
		return nil
	})
	return unlessMissing(err, d, res)
}

func (r *run) dropDataPolicy(ctx context.Context, d *resolved.DDL, res *Result) error {
	name, err := governance.ParseName(d.Path, r.names.project)
	if err != nil {
		return err
	}
	res.DDLOperation = "DROP"
	return unlessMissing(r.engine.DeleteDataPolicy(ctx, name), d, res)
}

// setDataPolicyOptions applies OPTIONS of a data policy
// (https://cloud.google.com/bigquery/docs/column-data-masking#create-data-policies-on-column).
func setDataPolicyOptions(p *governance.DataPolicy, options map[string]any) error {
	for name, v := range options {
		text, ok := v.(string)
		switch {
		case !ok:
			return bqerror.Query("The option %s must be a string", name)
		case name == "data_policy_type":
			p.Type = text
		case name == "masking_expression":
			p.Masking = maskingOf(text)
		default:
			return bqerror.Query("Unknown option: %s", name)
		}
	}
	return nil
}

// maskingOf is a rule that an option names: a predefined one, or a routine as project.dataset.routine.
func maskingOf(text string) *governance.Masking {
	if p := strings.Split(text, "."); len(p) == 3 {
		return &governance.Masking{Routine: "projects/" + p[0] + "/datasets/" + p[1] + "/routines/" + p[2]}
	}
	return &governance.Masking{Predefined: text}
}

// PutDataPolicy implements API.
func (e *Engine) PutDataPolicy(ctx context.Context, location string, p governance.DataPolicy, replace bool) (*governance.DataPolicy, error) {
	if err := e.checkMasking(p.Masking); err != nil {
		return nil, err
	}
	return e.Governance.PutDataPolicy(ctx, location, p, replace)
}

// UpdateDataPolicy implements API.
func (e *Engine) UpdateDataPolicy(ctx context.Context, name string, change func(*governance.DataPolicy) error) (*governance.DataPolicy, error) {
	return e.Governance.UpdateDataPolicy(ctx, name, func(p *governance.DataPolicy) error {
		if err := change(p); err != nil {
			return err
		}
		return e.checkMasking(p.Masking)
	})
}

// DeleteDataPolicy implements API: no column may have the policy.
func (e *Engine) DeleteDataPolicy(ctx context.Context, name string) error {
	if columns := e.PolicyColumns(name); len(columns) > 0 {
		return bqerror.Invalid("Data policy %s is on the column %s: take it off before it is deleted", name, columns[0])
	}
	return e.Governance.DeleteDataPolicy(ctx, name)
}

// checkMasking refuses a routine that can't mask
// (https://cloud.google.com/bigquery/docs/user-defined-functions#custom-mask).
func (e *Engine) checkMasking(m *governance.Masking) error {
	if m == nil || m.Routine == "" {
		return nil
	}
	p := strings.Split(m.Routine, "/")
	if len(p) != 6 {
		return nil // its name is refused
	}
	routine, err := e.Catalog.Routine(catalog.Ref{Project: p[1], Dataset: p[3], Table: p[5]})
	if err != nil {
		return err
	}
	switch r := routine.Resource; {
	case r.RoutineType != string(resolved.ScalarFunction) || r.DataGovernanceType != store.DataMasking:
		return bqerror.Invalid("The routine %s isn't a function with the option data_governance_type = \"DATA_MASKING\"", m.Routine)
	case len(r.Arguments) != 1:
		return bqerror.Invalid("The masking routine %s has %d arguments, not one", m.Routine, len(r.Arguments))
	}
	return nil
}
