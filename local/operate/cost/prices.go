package cost

import (
	_ "embed"
	"encoding/json"
	"fmt"
)

// Prices is a price list of one day and region.
type Prices struct {
	Date     string  `json:"date"` // when it was copied
	Region   string  `json:"region"`
	Currency string  `json:"currency"`
	Items    []Price `json:"items"`
}

// Price is what one unit of something costs.
type Price struct {
	Name   string  `json:"name"`
	Price  float64 `json:"price"`
	Free   float64 `json:"free"` // units a month that an account has free
	Unit   string  `json:"unit"`
	What   string  `json:"what"`
	Source string  `json:"source"` // the page of the list
	// Checked is where else the price stands, and as of when, if the page itself couldn't be
	// read.
	Checked string `json:"checked,omitempty"`
}

//go:embed prices.json
var pricesJSON []byte

// ListPrices is the list that comes with the program.
func ListPrices() (Prices, error) {
	var p Prices
	if err := json.Unmarshal(pricesJSON, &p); err != nil {
		return p, fmt.Errorf("prices.json: %w", err)
	}
	return p, nil
}

// Names of the items of a price list.
const (
	vCPUSecond     = "run_vcpu_second"
	gibSecond      = "run_gib_second"
	millionCalls   = "run_million_requests"
	pubsubTiB      = "pubsub_tib"
	queryTiB       = "bigquery_query_tib"
	writeGiB       = "bigquery_write_gib"
	storedGiBMonth = "bigquery_storage_gib_month"
	sqlVCPUHour    = "cloudsql_vcpu_hour"
	sqlGiBHour     = "cloudsql_gib_hour"
	sqlDiskMonth   = "cloudsql_ssd_gib_month"
	sqlBackupMonth = "cloudsql_backup_gib_month"
	jobMonth       = "scheduler_job_month"
	loggedGiB      = "logging_gib"
	egressGiB      = "egress_gib"
	alertMonth     = "alert_reference_month"
	alertPoints    = "alert_million_points"
)

// of returns an item; a list that lacks it is an error of the list.
func (p Prices) of(name string) (Price, error) {
	for _, item := range p.Items {
		if item.Name == name {
			return item, nil
		}
	}
	return Price{}, fmt.Errorf("the price list of %s has no %s", p.Date, name)
}
