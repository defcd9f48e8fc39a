package store

import (
	"context"
	"slices"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

// CreateRoutine creates a routine.
func (s *Store) CreateRoutine(ctx context.Context, r *bqv2.Routine) (*bqv2.Routine, error) {
	return s.putRoutine(ctx, r, false)
}

// ReplaceRoutine creates a routine, in the place of an old one if there is one.
func (s *Store) ReplaceRoutine(ctx context.Context, r *bqv2.Routine) (*bqv2.Routine, error) {
	return s.putRoutine(ctx, r, true)
}

func (s *Store) putRoutine(ctx context.Context, r *bqv2.Routine, replace bool) (*bqv2.Routine, error) {
	r = catalog.Clone(r)
	draft, err := s.checkRoutine(r)
	if err != nil {
		return nil, err
	}
	r.CreationTime = 0
	return s.storeRoutine(ctx, draft, func(_ *catalog.Routine, exists bool) error {
		if exists && !replace {
			return bqerror.Duplicate("Routine", draft.Ref.String())
		}
		return nil
	})
}

// storeRoutine analyzes a routine and puts it into the catalog, unless check refuses it
// for what is there.
func (s *Store) storeRoutine(ctx context.Context, draft *catalog.Routine, check func(old *catalog.Routine, exists bool) error) (*bqv2.Routine, error) {
	r := draft.Resource
	columns, err := s.views.RoutineColumns(draft)
	if err != nil {
		return nil, err
	}
	if r.LastModifiedTime, r.Etag = s.Now().UnixMilli(), s.etag(); r.CreationTime == 0 {
		r.CreationTime = r.LastModifiedTime
	}
	err = s.Catalog.Change(ctx, func(tx *catalog.Tx) error {
		d, err := tx.Dataset(draft.Ref.DatasetRef())
		if err != nil {
			return err
		}
		old, err := d.Routine(draft.Ref)
		if err := check(old, err == nil); err != nil {
			return err
		}
		_, err = tx.PutRoutine(r, columns)
		return err
	})
	if err != nil {
		return nil, err
	}
	return catalog.Clone(r), nil
}

// Routine returns a routine's resource.
func (s *Store) Routine(_ context.Context, ref catalog.Ref) (*bqv2.Routine, error) {
	r, err := s.Catalog.Routine(ref)
	if err != nil {
		return nil, err
	}
	return catalog.Clone(r.Resource), nil
}

// ListRoutines lists the routines of a dataset by name.
func (s *Store) ListRoutines(_ context.Context, project, dataset string) ([]*bqv2.Routine, error) {
	d, err := s.Catalog.Dataset(catalog.DatasetRef{Project: project, Dataset: dataset})
	if err != nil {
		return nil, err
	}
	var list []*bqv2.Routine
	for _, r := range d.Routines() {
		list = append(list, catalog.Clone(r.Resource))
	}
	return list, nil
}

// UpdateRoutine replaces a routine's resource by what change makes of a copy of it.
func (s *Store) UpdateRoutine(ctx context.Context, ref catalog.Ref, change func(*bqv2.Routine) error) (*bqv2.Routine, error) {
	was, err := s.Catalog.Routine(ref)
	if err != nil {
		return nil, err
	}
	r := catalog.Clone(was.Resource)
	if err := change(r); err != nil {
		return nil, err
	}
	r.RoutineReference, r.CreationTime = was.Resource.RoutineReference, was.Resource.CreationTime
	draft, err := s.checkRoutine(r)
	if err != nil {
		return nil, err
	}
	return s.storeRoutine(ctx, draft, func(old *catalog.Routine, exists bool) error {
		if !exists {
			return bqerror.NotFound("Routine", ref.String())
		}
		return change(catalog.Clone(old.Resource)) // which compares the etag again
	})
}

// DeleteRoutine deletes a routine.
func (s *Store) DeleteRoutine(ctx context.Context, ref catalog.Ref) error {
	return s.Catalog.Change(ctx, func(tx *catalog.Tx) error { return tx.DropRoutine(ref) })
}

// checkRoutine refuses what the emulator doesn't have of routines, and fills in what
// BigQuery does.
func (s *Store) checkRoutine(r *bqv2.Routine) (*catalog.Routine, error) {
	ref := r.RoutineReference
	if ref == nil || ref.ProjectId == "" || ref.DatasetId == "" || ref.RoutineId == "" {
		return nil, bqerror.Invalid("Required parameter is missing: routineReference")
	}
	if !validRoutineID(ref.RoutineId) {
		return nil, bqerror.Invalid("Invalid routine ID %q. Routine IDs must be alphanumeric (plus underscores) and must be at most 256 characters long.", ref.RoutineId)
	}
	if r.Language = strings.ToUpper(r.Language); r.Language == "" {
		r.Language = "SQL"
	}
	if err := refuseRoutine(r); err != nil {
		return nil, err
	}
	if strings.TrimSpace(r.DefinitionBody) == "" {
		return nil, bqerror.Invalid("Required parameter is missing: definitionBody")
	}
	for _, a := range r.Arguments {
		if err := checkArgument(a, r); err != nil {
			return nil, err
		}
	}
	return s.Catalog.DraftRoutine(r)
}

// validRoutineID checks the id of a routine.
func validRoutineID(id string) bool {
	return len(id) <= 256 && checkDatasetID(id) == nil
}

// routineKinds are the kinds of routines that there are.
var routineKinds = []resolved.RoutineKind{resolved.ScalarFunction, resolved.AggregateFunction, resolved.TableFunction, resolved.Procedure}

// refuseRoutine names what a routine has that isn't honoured.
func refuseRoutine(r *bqv2.Routine) error {
	switch {
	case r.RoutineType == "":
		return bqerror.Invalid("Required parameter is missing: routineType")
	case !slices.Contains(routineKinds, resolved.RoutineKind(r.RoutineType)):
		return bqerror.Unsupported("A routine of routineType %s", r.RoutineType)
	case r.Language != "SQL" && (r.Language != "JAVASCRIPT" || r.RoutineType != string(resolved.ScalarFunction)):
		return bqerror.Unsupported("A routine of routineType %s in the language %s", r.RoutineType, r.Language)
	case r.ReturnType != nil && r.RoutineType != string(resolved.ScalarFunction) && r.RoutineType != string(resolved.AggregateFunction):
		return bqerror.Invalid("returnType is not allowed for a routine of routineType %s", r.RoutineType)
	case r.ReturnTableType != nil && r.RoutineType != string(resolved.TableFunction):
		return bqerror.Invalid("returnTableType is not allowed for a routine of routineType %s", r.RoutineType)
	}
	for name, set := range map[string]bool{
		"importedLibraries": len(r.ImportedLibraries) > 0 && r.Language != "JAVASCRIPT", "remoteFunctionOptions": r.RemoteFunctionOptions != nil,
		"sparkOptions": r.SparkOptions != nil, "pythonOptions": r.PythonOptions != nil, "externalRuntimeOptions": r.ExternalRuntimeOptions != nil,
		"dataGovernanceType=" + r.DataGovernanceType: specified(r.DataGovernanceType) && (r.DataGovernanceType != DataMasking || r.RoutineType != string(resolved.ScalarFunction)),
		"determinismLevel":                           specified(r.DeterminismLevel) && r.Language != "JAVASCRIPT",
		"securityMode":                               specified(r.SecurityMode), "strictMode": r.StrictMode,
	} {
		if set {
			return bqerror.Unsupported("The field %s of a routine", name)
		}
	}
	return nil
}

// DataMasking is the dataGovernanceType of a function that masks columns.
const DataMasking = "DATA_MASKING"

// specified says that an enumeration has a value other than its first.
func specified(value string) bool {
	return value != "" && !strings.HasSuffix(value, "_UNSPECIFIED")
}

func checkArgument(a *bqv2.Argument, r *bqv2.Routine) error {
	routineType := r.RoutineType
	templates := r.Language == "SQL" && (routineType == string(resolved.ScalarFunction) || routineType == string(resolved.AggregateFunction))
	switch {
	case a.Name == "":
		return bqerror.Invalid("Required parameter is missing: arguments.name")
	case strings.ContainsAny(a.Name, "`\\"):
		return bqerror.Invalid("Invalid name of an argument: %q", a.Name)
	case a.ArgumentKind == "ANY_TYPE" && a.DataType != nil:
		return bqerror.Invalid("The argument %s of argumentKind ANY_TYPE can't have a dataType", a.Name)
	case specified(a.ArgumentKind) && a.ArgumentKind != "FIXED_TYPE" && (a.ArgumentKind != "ANY_TYPE" || !templates):
		return bqerror.Unsupported("The argument %s of argumentKind %s", a.Name, a.ArgumentKind)
	case a.TableType != nil:
		return bqerror.Unsupported("The field tableType of the argument %s", a.Name)
	case a.IsAggregate:
		return bqerror.Unsupported("The field isAggregate of the argument %s", a.Name)
	case specified(a.Mode) && routineType == string(resolved.Procedure) && !slices.Contains([]string{"IN", "OUT", "INOUT"}, a.Mode):
		return bqerror.Invalid("Invalid mode of the argument %s: %s", a.Name, a.Mode)
	case specified(a.Mode) && routineType != string(resolved.Procedure):
		return bqerror.Invalid("mode can only be set for the arguments of procedures, not for %s", a.Name)
	}
	return nil
}
