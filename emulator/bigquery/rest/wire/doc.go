// Package wire reads requests and writes answers as BigQuery's REST API has them:
// bodies, errors, entity tags, and pages of rows. It knows no resource.
package wire
