package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
)

// SetTableOptions applies an OPTIONS list to a table.
func SetTableOptions(t *bqv2.Table, options map[string]any) error {
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
	case name == "default_rounding_mode":
		return setRounding(&t.DefaultRoundingMode, v)
	case name == "tags":
		return setLabels(&t.ResourceTags, v)
	case name == changeHistory:
		if _, ok := v.(bool); !ok && v != nil {
			return bqerror.Query("%s must be TRUE or FALSE", name)
		} // the catalog keeps it beside the resource: see setChangeHistory
	case t.MaterializedView != nil && (name == "enable_refresh" || name == "refresh_interval_minutes"):
		return setRefresh(t.MaterializedView, name, v)
	case name == "enable_refresh" || name == "refresh_interval_minutes" || name == "max_staleness" || name == "kms_key_name":
		// kept out of the resource: they say nothing about the data
	default:
		return bqerror.Query("Unknown option: %s", name)
	}
	return nil
}

// refreshInterval is that of a materialized view that doesn't say
// (https://cloud.google.com/bigquery/docs/reference/rest/v2/tables#MaterializedViewDefinition).
const refreshInterval = 30 * time.Minute

// setRefresh applies an option about the refreshes of a materialized view, which clients read back. NULL is the default.
func setRefresh(m *bqv2.MaterializedViewDefinition, name string, v any) error {
	m.ForceSendFields = []string{"EnableRefresh"}
	if name == "enable_refresh" {
		on, ok := v.(bool)
		if m.EnableRefresh = on || v == nil; !ok && v != nil {
			return bqerror.Query("enable_refresh must be TRUE or FALSE")
		}
		return nil
	}
	minutes, ok := v.(float64)
	if n, isInt := v.(int64); isInt {
		minutes, ok = float64(n), true
	}
	if m.RefreshIntervalMs = int64(minutes * 60_000); v == nil {
		m.RefreshIntervalMs = refreshInterval.Milliseconds()
	} else if !ok || minutes <= 0 {
		return bqerror.Query("refresh_interval_minutes must be a number above 0")
	}
	return nil
}

// changeHistory is the option for which the REST resource has no field.
const changeHistory = "enable_change_history"

// setChangeHistory applies the option of a table for which its resource has no field.
func setChangeHistory(tx *catalog.Tx, ref catalog.Ref, options map[string]any) error {
	v, given := options[changeHistory]
	if !given {
		return nil
	}
	return tx.SetChangeHistory(ref, v == true)
}

// SetChangeHistory sets the option of a new table for which its resource has no field.
func (s *Store) SetChangeHistory(ctx context.Context, ref catalog.Ref, options map[string]any) error {
	if options[changeHistory] != true {
		return nil
	}
	return s.Catalog.Change(ctx, func(tx *catalog.Tx) error { return setChangeHistory(tx, ref, options) })
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

// SetColumnOptions puts the OPTIONS of a column into its field.
func SetColumnOptions(f *bqv2.TableFieldSchema, options map[string]any) error {
	for name, v := range options {
		switch name {
		case "description":
			f.Description, _ = v.(string)
		case "rounding_mode":
			if err := setRounding(&f.RoundingMode, v); err != nil {
				return err
			}
		case setPolicies, addPolicies:
			if err := setColumnPolicies(f, name, v); err != nil {
				return err
			}
		default:
			return bqerror.Query("Unknown option: %s", name)
		}
	}
	return nil
}

// SetDatasetOptions puts the OPTIONS of a schema into its dataset.
func SetDatasetOptions(d *bqv2.Dataset, options map[string]any) error {
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
			d.DefaultTableExpirationMs = daysMs(v)
		case "default_partition_expiration_days":
			d.DefaultPartitionExpirationMs = daysMs(v)
		case "storage_billing_model":
			d.StorageBillingModel = strings.ToUpper(text)
		case "is_case_insensitive":
			if v == true {
				return bqerror.Unsupported("a dataset with is_case_insensitive")
			}
		case "default_rounding_mode":
			if err := setRounding(&d.DefaultRoundingMode, v); err != nil {
				return err
			}
		case "max_time_travel_hours":
			hours, ok := v.(int64)
			if !ok && v != nil {
				return bqerror.Query("max_time_travel_hours must be a number")
			}
			d.MaxTimeTravelHours = hours
		case "default_kms_key_name":
			// it says nothing about the data
		default:
			return bqerror.Query("Unknown option: %s", name)
		}
	}
	return nil
}

// daysMs is a number of days, NULL for none, in milliseconds.
func daysMs(v any) int64 {
	days, _ := v.(float64)
	if n, ok := v.(int64); ok {
		days = float64(n)
	}
	return int64(days * 86_400_000)
}

// setRounding sets how a NUMERIC is rounded to the scale of its column. There is one mode.
func setRounding(mode *string, v any) error {
	text, _ := v.(string)
	switch text {
	case "", "ROUNDING_MODE_UNSPECIFIED", halfAway:
		*mode = text
		return nil
	}
	return bqerror.Unsupported("the rounding mode %s", text)
}

// halfAway rounds half away from zero, which BigQuery does unless told otherwise.
const halfAway = "ROUND_HALF_AWAY_FROM_ZERO"
