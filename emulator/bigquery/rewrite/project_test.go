package rewrite

import "testing"

func TestProject(t *testing.T) {
	for _, test := range []struct{ sql, want string }{
		{"SELECT * FROM `p.d.t` JOIN `p`.`d`.u JOIN `p`.d.v", "SELECT * FROM `@.d.t` JOIN `@`.`d`.u JOIN `@`.d.v"},
		{"SELECT '`p.d.t`', \"p\" -- `p.d.t`\nFROM `p.d.t`", "SELECT '`p.d.t`', \"p\" -- `p.d.t`\nFROM `@.d.t`"},
		{"SELECT * FROM `q.d.t`, `pp.d.t`, `d.p.t`, d.t, `P.d.t`", "SELECT * FROM `q.d.t`, `pp.d.t`, `d.p.t`, d.t, `P.d.t`"},
		{"CREATE TABLE FUNCTION `p`.`d`.`f`(a INT64) AS (\nSELECT a FROM `p.d.t`\n)", "CREATE TABLE FUNCTION `@`.`d`.`f`(a INT64) AS (\nSELECT a FROM `@.d.t`\n)"},
		// Each p may be that of AS.
		{"SELECT * FROM d.t AS p, `p.d`", "refused"},
		{"SELECT * FROM d.t AS `p`, `p.d`", "refused"},
		{"SELECT * FROM d.t AS P, `p.d`", "refused"},
	} {
		got, ok := Project(test.sql, "p", "@")
		if !ok {
			got = "refused"
		}
		if got != test.want {
			t.Errorf("Project(%s) = %s, want %s", test.sql, got, test.want)
		}
	}
}
