package times

import (
	"testing"
	"time"
)

// What a format writes, it reads.
func TestFormatsReadWhatTheyWrite(t *testing.T) {
	at := time.Date(2024, 2, 29, 13, 4, 5, 678_000_000, time.UTC)
	for format, want := range map[string]string{
		"%Y-%m-%d %H:%M:%E*S":         "2024-02-29 13:04:05.678",
		"%A, %B %e, %Y %I:%M:%E3S %p": "Thursday, February 29, 2024 01:04:05.678 PM",
		"%F %T %E6S":                  "2024-02-29 13:04:05 05.678000",
		"%D %R %E3S":                  "02/29/24 13:04 05.678",
		"%Y-%j %H:%M:%E3S":            "2024-060 13:04:05.678",
		"%E4Y%m%dT%H%M%E3S%Ez":        "20240229T130405.678+00:00",
	} {
		got, err := formatTime(format, at, "TIMESTAMP")
		if err != nil || got != want {
			t.Errorf("%s writes %v, %v; want %s", format, got, err, want)
			continue
		}
		back, err := parseTime(format, want, "UTC", "TIMESTAMP")
		if err != nil || !back.(time.Time).Equal(at) {
			t.Errorf("%s reads %v, %v; want %v", format, back, err, at)
		}
	}
}

func TestElements(t *testing.T) {
	at := time.Date(2024, 1, 5, 9, 4, 5, 0, time.FixedZone("", -3*3600-1800))
	for format, want := range map[string]string{
		"%a %b %C %g %G %h": "Fri Jan 20 24 2024 Jan", "%J %k %l %n%t%%": "005  9  9 \n\t%", "%P %Q %u %U %V %w %W": "am 1 5 00 01 5 01",
		"%Z %z %Ez": "UTC-03:30 -0330 -03:30", "%q %Oq": "%q %Oq", "%": "%",
	} {
		if got, err := formatTime(format, at, "TIMESTAMP"); err != nil || got != want {
			t.Errorf("%s writes %q, %v; want %q", format, got, err, want)
		}
	}
}

func TestZones(t *testing.T) {
	for name, seconds := range map[string]int{"UTC": 0, "+5": 18000, "-03:30": -12600, "UTC+1": 3600, "Asia/Tokyo": 32400} {
		loc, err := zone(name)
		if err != nil {
			t.Error(err)
			continue
		}
		if _, offset := time.Unix(0, 0).In(loc).Zone(); offset != seconds {
			t.Errorf("%s is %d s from UTC, want %d", name, offset, seconds)
		}
	}
	for _, name := range []string{"", "Local", "+15", "+1:75", "Nowhere"} {
		if loc, err := zone(name); err == nil {
			t.Errorf("%q is %v", name, loc)
		}
	}
}

func TestIntervals(t *testing.T) {
	for text, want := range map[string]string{
		"1-2 3 4:5:6.789": "1-2 3 4:5:6.789", "-1-2 -3 -4:5:6": "-1-2 -3 -4:5:6", "0:0:0.000001": "0-0 0 0:0:0.000001",
	} {
		i, err := parseInterval(text)
		if got := intervalValue(i).String(); err != nil || got != want {
			t.Errorf("%s is %s, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", " ", "x", "1-2 x", "5", " 1-2"} {
		if i, err := parseInterval(text); err == nil {
			t.Errorf("%q is %v", text, i)
		}
	}
}

func TestReadCivil(t *testing.T) {
	for _, bad := range []struct{ text, kind string }{
		{"2024-02-30", "DATE"}, {"2024-1-1 00:00:00", "DATE"}, {"2024-01-01 25:00:00", "DATETIME"}, {"2024-01-01 00:00:00Z", "DATETIME"}, {"x", "TIMESTAMP"},
		{" 2024-01-01", "TIMESTAMP"}, {"2024-01-01 ", "DATE"}, {"24-01-01", "DATETIME"},
	} {
		if at, _, err := readCivil(bad.text, bad.kind); err == nil {
			t.Errorf("%s %s is %v", bad.kind, bad.text, at)
		}
	}
	at, zone, err := readCivil("2024-1-2T3:4:5.1234567 Asia/Tokyo", "TIMESTAMP")
	if want := time.Date(2024, 1, 2, 3, 4, 5, 123456000, time.UTC); err != nil || !at.Equal(want) || zone != "Asia/Tokyo" {
		t.Errorf("%v in %q, %v", at, zone, err)
	}
}
