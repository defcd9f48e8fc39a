package engine

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/duck"
	"github.com/tallystream/tallystream/emulator/bigquery/history"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/translate"
)

// reshaped is the error of a table that had other columns at the time that a plan reads.
type reshaped struct{ was *catalog.Table }

func (e *reshaped) Error() string { return "the table " + e.was.Ref.String() + " had other columns" }

// plan is the plan of a statement that the caller may run; the tables of the past that it reads
// are there. Which columns a table had is known only when the time is: the plan is made of the
// present ones first, or of former ones where it can't be.
func (r *run) plan(sql string) (*translate.Plan, error) {
	r.forgetPast()
	r.names.past, r.names.looked = nil, nil
	p, err := r.planned(sql)
	if err != nil && strings.Contains(strings.ToUpper(sql), "SYSTEM_TIME") {
		if other := r.planFormer(sql); other != nil {
			return other, nil
		}
	}
	return p, err
}

// planned is a plan whose times have been travelled to.
func (r *run) planned(sql string) (*translate.Plan, error) {
	for {
		p, err := r.planOf(sql)
		if err != nil {
			return nil, err
		}
		if err := r.permit(p); err != nil {
			return nil, err
		}
		r.expire(p)
		if err := r.refreshExternals(p); err != nil {
			return nil, err
		}
		err = r.travel(p)
		var other *reshaped
		if !errors.As(err, &other) {
			return p, err
		}
		if r.names.past[other.was.Ref] != nil {
			return nil, bqerror.Unsupported("A statement that reads the table %s as of times when it had different columns", other.was.Ref)
		}
		if r.names.past == nil {
			r.names.past = map[TableRef]*catalog.Table{}
		}
		r.names.past[other.was.Ref] = other.was
	}
}

// planFormer is the plan of a statement that needs columns that one of its tables had; nil
// where there is none.
func (r *run) planFormer(sql string) *translate.Plan {
	for ref, t := range r.names.looked {
		for _, was := range r.engine.History.Definitions(t) {
			r.names.past = map[TableRef]*catalog.Table{ref: was}
			if p, err := r.planned(sql); err == nil {
				return p
			}
		}
	}
	r.names.past = nil
	return nil
}

// travel makes the tables that a plan reads of the past.
func (r *run) travel(p *translate.Plan) error {
	for i, a := range p.AsOf {
		t, ok := a.Source.Target.(*catalog.Table)
		if !ok || t.IsView() {
			return bqerror.Query("%s is only supported for tables, not for %s", a.Kind, a.Source.Name)
		}
		if err := notExternal(t, string(a.Kind)); err != nil {
			return err
		}
		if masks := a.Source.Restricted; masks != nil && !masks.Rows && a.Kind != translate.AsOfTime {
			return bqerror.Unsupported("%s of the table %s, which has columns that are masked,", a.Kind, t.Ref)
		}
		if a.Source.Restricted != nil && a.Source.Restricted.Rows {
			return bqerror.Denied("Table", t.Ref.String(), errors.New("the history of a table with row access policies can only be read with the permission bigquery.rowAccessPolicies.overrideTimeTravelRestrictions"))
		}
		times, err := r.times(a)
		if err != nil {
			return err
		}
		name := translate.PastTable(i)
		if a.Kind == translate.AsOfTime {
			err = r.travelTo(t, times[0], a.Source, name)
		} else {
			err = r.changes(t, times, a.Kind == translate.AllChanges, name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// times are the values of the times of a table of the past.
func (r *run) times(a translate.AsOf) (times []*time.Time, err error) {
	for _, step := range a.Times {
		query, args, err := r.bind(step)
		if err != nil {
			return nil, err
		}
		var at sql.NullTime
		if err := r.conn.QueryRowContext(context.Background(), query, args...).Scan(&at); err != nil {
			return nil, duck.AsBigQuery(err)
		}
		if at.Valid {
			times = append(times, &at.Time)
			continue
		}
		if a.Kind == translate.AsOfTime {
			return nil, bqerror.Query("FOR SYSTEM_TIME AS OF expression cannot be NULL")
		}
		times = append(times, nil)
	}
	return times, nil
}

// travelTo makes what a table was at a time, as the statement knows its columns.
func (r *run) travelTo(t *catalog.Table, at *time.Time, s *resolved.Source, name string) error {
	now, err := r.engine.Catalog.Table(t.Ref)
	if err != nil {
		return err
	}
	if r.tx != nil {
		return r.travelInTransaction(now, *at, name)
	}
	r.asOf = *at
	return r.engine.History.AsOf(context.Background(), t.Ref, now, *at, func(was *catalog.Table, query string) error {
		if !slices.EqualFunc(was.Columns, s.Columns[:s.Visible], sameColumn) {
			return &reshaped{was}
		}
		return r.makePast(name, query)
	})
}

// travelInTransaction makes what a table is, which a transaction sees no other way.
func (r *run) travelInTransaction(t *catalog.Table, at time.Time, name string) error {
	return r.engine.History.AsOf(context.Background(), t.Ref, t, at, func(was *catalog.Table, _ string) error {
		if r.touched(t.ID) || was.ID != t.ID || at.UnixMilli() < r.engine.Mutated(t.ID).At {
			return bqerror.Unsupported("FOR SYSTEM_TIME AS OF a time before the last change of the table %s, in a transaction,", t.Ref)
		}
		return r.makePast(name, fmt.Sprintf("SELECT * FROM %s ORDER BY rowid", t.Physical()))
	})
}

// makePast makes a table of the past for the statement.
func (r *run) makePast(name, query string) error {
	if r.query.DryRun {
		return nil
	}
	r.pasts = append(r.pasts, name)
	_, err := r.conn.ExecContext(context.Background(), "CREATE OR REPLACE TEMP TABLE "+name+" AS "+query)
	return duck.AsBigQuery(err)
}

// forgetPast drops the tables of the past of the last statement.
func (r *run) forgetPast() {
	for _, name := range r.pasts {
		_, _ = r.conn.ExecContext(context.Background(), "DROP TABLE IF EXISTS "+name) // a connection that fails isn't used again
	}
	r.pasts = nil
}

// latestChange is how old changes are at least that CHANGES reads, and longestChanges how
// much of the time (https://cloud.google.com/bigquery/docs/change-history).
const (
	latestChange   = 10 * time.Minute
	longestChanges = 24 * time.Hour
)

// changes makes the changes of a table in a range of time: its appends, or all.
func (r *run) changes(t *catalog.Table, times []*time.Time, all bool, name string) error {
	if r.tx != nil {
		return bqerror.Query("Change history functions are not supported in a transaction")
	}
	in := history.Range{Until: r.began.UnixMicro() + 1}
	if times[0] != nil {
		in.From = times[0].UnixMicro()
	}
	if times[1] != nil {
		in.Until = times[1].UnixMicro()
	}
	switch now := r.engine.Now(); {
	case times[0] != nil && times[0].After(now):
		return bqerror.Query("The start timestamp %s of the changes of table %s is in the future", times[0].UTC().Format(time.RFC3339Nano), t.Ref)
	case all && !t.ChangeHistory:
		return bqerror.Query("CHANGES needs a table whose option enable_change_history is TRUE, which that of table %s isn't", t.Ref)
	case all && times[1] == nil:
		return bqerror.Query("The end timestamp of CHANGES can't be NULL")
	case all && times[1].After(now.Add(-latestChange)):
		return bqerror.Query("The end timestamp of CHANGES must be at least ten minutes before the current time")
	case all && in.Until-max(in.From, t.Resource.CreationTime*1000) > longestChanges.Microseconds():
		return bqerror.Query("The time range of CHANGES is a day at most")
	}
	return r.engine.History.Changes(context.Background(), t, in, all, func(query string) error { return r.makePast(name, query) })
}
