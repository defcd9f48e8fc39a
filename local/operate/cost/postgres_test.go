package cost

import (
	"fmt"
	"math"
	"os"
	"regexp"
	"strings"
	"testing"
)

func onPostgres(t *testing.T, w Workload, d Database) Estimate {
	t.Helper()
	m, p := builtIn(t)
	e, err := OfPostgres(w, d, m, p)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// The total is the sum of the parts; a database has a price, and no query.
func TestPostgresEstimate(t *testing.T) {
	w, d := OnPostgres(1_000_000, 14), SuggestedDatabase(1_000_000)
	e := onPostgres(t, w, d)
	sum := 0.0
	for _, l := range e.Lines {
		if l.Quantity <= 0 || math.IsNaN(l.Cost) || l.Cost <= 0 || strings.Contains(l.Item, "bigquery") {
			t.Errorf("line %+v", l)
		}
		sum += l.Cost
	}
	if math.Abs(sum-e.Total) > 1e-9 {
		t.Errorf("the total is %v, the lines are %v", e.Total, sum)
	}
	// By hand, from the list: two of 2 vCPUs and 7.5 GiB, for 720 hours, and two disks of 20 GiB.
	by := map[string]float64{"processors": 2 * 2 * 720 * 0.0413, "memory": 2 * 7.5 * 720 * 0.007, "disk": 2 * 20 * 0.17}
	for _, l := range e.Lines {
		if want, ok := by[l.What]; ok && l.Part == partDatabase && math.Abs(l.Cost-want) > 1e-9 {
			t.Errorf("%s costs %v, want %v", l.What, l.Cost, want)
		}
	}
	single := d
	single.HighAvailability = false
	if half := onPostgres(t, w, single).part(partDatabase); half >= e.part(partDatabase) || half < e.part(partDatabase)/2 {
		t.Errorf("without a standby %v, with one %v", half, e.part(partDatabase))
	}
	longer := d
	longer.Days *= 2
	if twice := onPostgres(t, w, longer).part(partDatabase); math.Abs(twice-2*e.part(partDatabase)) > 1e-9 {
		t.Errorf("for twice as long %v, was %v", twice, e.part(partDatabase))
	}
	// A disk grows beyond what it begins with.
	small := d
	small.DiskGiB = 10
	if grown := onPostgres(t, OnPostgres(150_000_000, 14), small).part(partDatabase); grown <= onPostgres(t, w, small).part(partDatabase) {
		t.Errorf("150 million voters fit on 10 GiB: %v", grown)
	}
}

func TestPostgresRefuses(t *testing.T) {
	m, p := builtIn(t)
	w, d := OnPostgres(1000, 14), SuggestedDatabase(1000)
	for name, change := range map[string]func(w *Workload, d *Database){
		"no voters":       func(w *Workload, _ *Database) { w.Voters = 0 },
		"half a day":      func(_ *Workload, d *Database) { d.Days = 0.5 },
		"ten years":       func(_ *Workload, d *Database) { d.Days = 3650 },
		"no days at all":  func(_ *Workload, d *Database) { d.Days = math.NaN() },
		"no processor":    func(_ *Workload, d *Database) { d.VCPUs = 0 },
		"a disk of 0 GiB": func(_ *Workload, d *Database) { d.DiskGiB = 0 },
	} {
		w, d := w, d
		change(&w, &d)
		if e, err := OfPostgres(w, d, m, p); err == nil {
			t.Errorf("%s costs %v", name, e.Total)
		}
	}
}

// The instances that are priced are those of Terraform: its defaults, and the example of a
// nation.
func TestDatabasesOfTerraform(t *testing.T) {
	for file, c := range map[string]struct {
		voters int64
		form   string
	}{
		"modules/postgres/variables.tf":      {10_000, `%s\s+= optional\(\w+, "?([^")]+)"?\)`},
		"examples/national-postgres/main.tf": {150_000_000, `%s\s+= "?([^"\n ]+)"?`},
	} {
		source, err := os.ReadFile("../../../terraform/" + file)
		if err != nil {
			t.Fatal(err)
		}
		d := SuggestedDatabase(c.voters)
		for setting, want := range map[string]string{
			"tier": fmt.Sprintf("db-custom-%v-%v", d.VCPUs, d.GiB*1024), "disk_gib": fmt.Sprint(d.DiskGiB),
		} {
			m := regexp.MustCompile(fmt.Sprintf(c.form, setting)).FindStringSubmatch(string(source))
			if m == nil || m[1] != want {
				t.Errorf("%s: %s is %q, %s is priced", file, setting, m, want)
			}
		}
		// What the tables take fits below the limit up to which the disk grows.
		limit := regexp.MustCompile(fmt.Sprintf(c.form, "disk_limit_gib")).FindStringSubmatch(string(source))
		m, _ := builtIn(t)
		var most float64
		if _, err := fmt.Sscan(limit[1], &most); err != nil || databaseGiB(OnPostgres(c.voters, 14), &m) > fullDisk*most {
			t.Errorf("%s: the disk grows to %v GiB, and the tables take %v", file, most, databaseGiB(OnPostgres(c.voters, 14), &m))
		}
	}
	source, err := os.ReadFile("../../../terraform/examples/national-postgres/main.tf")
	if err != nil {
		t.Fatal(err)
	}
	w := OnPostgres(150_000_000, 14)
	for setting, want := range map[string]float64{"linger_ms": float64(w.Linger.Milliseconds())} {
		m := regexp.MustCompile(setting + `\s+= (\d+)`).FindStringSubmatch(string(source))
		if m == nil || m[1] != fmt.Sprint(want) {
			t.Errorf("%s is %q, %v is priced", setting, m, want)
		}
	}
	if strings.Contains(string(source), "refresh_seconds") || strings.Contains(string(source), "pass_interval_seconds") {
		t.Error("the example has other intervals than the defaults, which are priced")
	}
}

// The documentation has the table of the command.
func TestPostgresTableInTheDocumentation(t *testing.T) {
	m, p := builtIn(t)
	table, err := PostgresTable(m, p)
	if err != nil {
		t.Fatal(err)
	}
	documents(t, table, "--warehouse postgres --table")
}
