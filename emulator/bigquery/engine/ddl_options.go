package engine

import (
	"errors"
	"fmt"
	"sort"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

func isDuplicate(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Reason == "duplicate"
}

// tableResource is the REST resource of the table or view that DDL creates.
func (r *run) tableResource(ref TableRef, d *resolved.DDL) (*bqv2.Table, error) {
	t := &bqv2.Table{TableReference: &bqv2.TableReference{ProjectId: ref.Project, DatasetId: ref.Dataset, TableId: ref.Table}}
	if d.Like != nil {
		like, ok := d.Like.Target.(*catalog.Table)
		if !ok {
			return nil, bqerror.Unsupported("a copy of %s", d.Like.Name)
		}
		c := catalog.Clone(like.Resource)
		t.Schema, t.TimePartitioning, t.RangePartitioning, t.Clustering = c.Schema, c.TimePartitioning, c.RangePartitioning, c.Clustering
		t.RequirePartitionFilter = c.RequirePartitionFilter
	} else {
		t.Schema = &bqv2.TableSchema{Fields: types.ToSchema(d.Columns)}
	}
	for name, options := range d.ColumnOptions {
		if f := findField(t, name); f != nil {
			if err := setColumnOptions(f, options); err != nil {
				return nil, err
			}
		}
	}
	if d.Action == resolved.CreateView {
		t.View = &bqv2.ViewDefinition{Query: d.View, ForceSendFields: []string{"UseLegacySql"}}
		if d.Materialized {
			t.View, t.MaterializedView = nil, &bqv2.MaterializedViewDefinition{Query: d.View}
		}
	}
	setPartitioning(t, d.Partition)
	if len(d.Cluster) > 0 {
		t.Clustering = &bqv2.Clustering{Fields: d.Cluster}
	}
	return t, setTableOptions(t, d.Options)
}

func setPartitioning(t *bqv2.Table, p *resolved.Partition) {
	switch {
	case p == nil:
	case p.Type == "RANGE":
		t.RangePartitioning = &bqv2.RangePartitioning{Field: p.Column, Range: &bqv2.RangePartitioningRange{Start: p.Start, End: p.End, Interval: p.Step}}
	default:
		t.TimePartitioning = &bqv2.TimePartitioning{Type: p.Type, Field: p.Column}
	}
}

// setTableOptions applies an OPTIONS list to a table.
func setTableOptions(t *bqv2.Table, options map[string]any) error {
	for name, v := range options {
		if err := setTableOption(t, name, v); err != nil {
			return err
		}
	}
	return nil
}

func setTableOption(t *bqv2.Table, name string, v any) error {
	text, isText := v.(string)
	switch {
	case name == "description" && (isText || v == nil):
		t.Description = text
	case name == "friendly_name" && (isText || v == nil):
		t.FriendlyName = text
	case name == "labels":
		return setLabels(&t.Labels, v)
	case name == "expiration_timestamp":
		micros, _ := v.(int64)
		t.ExpirationTime = micros / 1000
	case name == "partition_expiration_days":
		if t.TimePartitioning == nil {
			return bqerror.Query("partition_expiration_days needs a table partitioned by time")
		}
		days, ok := v.(float64)
		if n, isInt := v.(int64); isInt {
			days, ok = float64(n), true
		}
		if !ok && v != nil {
			return bqerror.Query("partition_expiration_days must be a number")
		}
		t.TimePartitioning.ExpirationMs = int64(days * 86_400_000)
	case name == "require_partition_filter":
		t.RequirePartitionFilter, _ = v.(bool)
	case name == "enable_refresh" || name == "refresh_interval_minutes" || name == "max_staleness" || name == "kms_key_name" || name == "default_rounding_mode":
		// kept out of the resource: they say nothing about the data
	default:
		return bqerror.Query("Unknown option: %s", name)
	}
	return nil
}

// setLabels reads labels, an array of pairs.
func setLabels(labels *map[string]string, v any) error {
	list, ok := v.([]any)
	if !ok && v != nil {
		return bqerror.Query("labels must be an array of pairs of strings")
	}
	*labels = map[string]string{}
	for _, e := range list {
		pair, ok := e.([]any)
		if !ok || len(pair) != 2 {
			return bqerror.Query("labels must be an array of pairs of strings")
		}
		(*labels)[fmt.Sprint(pair[0])] = fmt.Sprint(pair[1])
	}
	return nil
}

func setColumnOptions(f *bqv2.TableFieldSchema, options map[string]any) error {
	for name, v := range options {
		switch name {
		case "description":
			f.Description, _ = v.(string)
		case "rounding_mode", "data_policies":
			// they say nothing about the data
		default:
			return bqerror.Query("Unknown option: %s", name)
		}
	}
	return nil
}

func setDatasetOptions(d *bqv2.Dataset, options map[string]any) error {
	for name, v := range options {
		text, _ := v.(string)
		switch name {
		case "description":
			d.Description = text
		case "friendly_name":
			d.FriendlyName = text
		case "location":
			d.Location = text
		case "labels":
			if err := setLabels(&d.Labels, v); err != nil {
				return err
			}
		case "default_table_expiration_days":
			days, _ := v.(float64)
			if n, ok := v.(int64); ok {
				days = float64(n)
			}
			d.DefaultTableExpirationMs = int64(days * 86_400_000)
		case "is_case_insensitive", "max_time_travel_hours", "storage_billing_model", "default_partition_expiration_days", "default_kms_key_name":
			// they say nothing about the data
		default:
			return bqerror.Query("Unknown option: %s", name)
		}
	}
	return nil
}

// tableOptions lists a table's options as SQL would set them, for
// INFORMATION_SCHEMA: name, type and value.
func tableOptions(t *bqv2.Table) [][3]string {
	var list [][3]string
	quoted := func(s string) string { return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"` }
	if t.Description != "" {
		list = append(list, [3]string{"description", "STRING", quoted(t.Description)})
	}
	if t.ExpirationTime != 0 {
		list = append(list, [3]string{"expiration_timestamp", "TIMESTAMP", fmt.Sprintf("TIMESTAMP_MILLIS(%d)", t.ExpirationTime)})
	}
	if t.FriendlyName != "" {
		list = append(list, [3]string{"friendly_name", "STRING", quoted(t.FriendlyName)})
	}
	if len(t.Labels) > 0 {
		var pairs []string
		for k, v := range t.Labels {
			pairs = append(pairs, fmt.Sprintf("STRUCT(%s, %s)", quoted(k), quoted(v)))
		}
		sort.Strings(pairs)
		list = append(list, [3]string{"labels", "ARRAY<STRUCT<STRING, STRING>>", "[" + strings.Join(pairs, ", ") + "]"})
	}
	if p := t.TimePartitioning; p != nil && p.ExpirationMs != 0 {
		days := float64(p.ExpirationMs) / 86_400_000
		list = append(list, [3]string{"partition_expiration_days", "FLOAT64", fmt.Sprintf("%.1f", days)})
	}
	if t.RequirePartitionFilter {
		list = append(list, [3]string{"require_partition_filter", "BOOL", "true"})
	}
	return list
}
