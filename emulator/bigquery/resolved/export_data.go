package resolved

// ExportData is EXPORT DATA. Its options are constants by their names in lower case.
type ExportData struct {
	Query   *Query
	Options map[string]any
}
