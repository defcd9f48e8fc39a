package duck

import (
	"database/sql"
	"fmt"
)

// MemoryLimit is how much DuckDB may take, in bytes.
func MemoryLimit(db *sql.DB) (int64, error) {
	var text, unit string
	var amount float64
	if err := db.QueryRow("SELECT current_setting('memory_limit')").Scan(&text); err != nil {
		return 0, fmt.Errorf("read DuckDB's memory limit: %w", err)
	}
	if _, err := fmt.Sscanf(text, "%f %s", &amount, &unit); err != nil {
		return 0, fmt.Errorf("read DuckDB's memory limit %q: %w", text, err)
	}
	bytes, ok := units[unit]
	if !ok {
		return 0, fmt.Errorf("read DuckDB's memory limit %q: its unit isn't known", text)
	}
	return int64(amount * bytes), nil
}

// units are those that DuckDB writes amounts of memory in.
var units = map[string]float64{"bytes": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40}

// SetMemoryLimit bounds what DuckDB takes, in bytes, and what it puts on the disk meanwhile. A query that needs
// more fails, and its memory comes back.
func SetMemoryLimit(db *sql.DB, bytes int64) error {
	for setting, value := range map[string]int64{"memory_limit": bytes, "max_temp_directory_size": bytes} {
		if _, err := db.Exec(fmt.Sprintf("SET GLOBAL %s = '%dB'", setting, value)); err != nil {
			return fmt.Errorf("set DuckDB's %s to %d bytes: %w", setting, value, err)
		}
	}
	return nil
}
