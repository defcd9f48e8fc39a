package simulate

// state is one region of the built-in election.
type state struct {
	code, name string
	adults     int  // voting-age population in thousands, Census of 2020, rounded: a weight
	utc        int  // offset from UTC in November, in hours, where most people live
	part       part // of the country
	col, row   int  // in the usual tile map of eleven by eight
	electors   int  // of 2024 and 2028, by the Census of 2020: https://www.archives.gov/electoral-college/allocation
}

type part uint8

const (
	northeast part = iota
	midwest
	south
	west
	parts = iota
)

var states = []state{
	{"AL", "Alabama", 3917, -6, south, 6, 6, 9},
	{"AK", "Alaska", 548, -9, west, 0, 0, 3},
	{"AZ", "Arizona", 5541, -7, west, 1, 5, 11},
	{"AR", "Arkansas", 2314, -6, south, 4, 5, 6},
	{"CA", "California", 30577, -8, west, 0, 4, 54},
	{"CO", "Colorado", 4526, -7, west, 2, 4, 10},
	{"CT", "Connecticut", 2869, -5, northeast, 9, 3, 7},
	{"DE", "Delaware", 783, -5, south, 9, 4, 3},
	{"DC", "District of Columbia", 552, -5, south, 8, 5, 3},
	{"FL", "Florida", 17248, -5, south, 8, 7, 30},
	{"GA", "Georgia", 8220, -5, south, 7, 6, 16},
	{"HI", "Hawaii", 1151, -10, west, 0, 7, 4},
	{"ID", "Idaho", 1377, -7, west, 1, 2, 4},
	{"IL", "Illinois", 9992, -6, midwest, 5, 2, 19},
	{"IN", "Indiana", 5183, -5, midwest, 5, 3, 11},
	{"IA", "Iowa", 2449, -6, midwest, 4, 3, 6},
	{"KS", "Kansas", 2229, -6, midwest, 3, 5, 6},
	{"KY", "Kentucky", 3500, -5, south, 5, 4, 8},
	{"LA", "Louisiana", 3570, -6, south, 4, 6, 8},
	{"ME", "Maine", 1114, -5, northeast, 10, 0, 4},
	{"MD", "Maryland", 4819, -5, south, 8, 4, 10},
	{"MA", "Massachusetts", 5664, -5, northeast, 10, 2, 11},
	{"MI", "Michigan", 7907, -5, midwest, 7, 2, 15},
	{"MN", "Minnesota", 4387, -6, midwest, 4, 2, 10},
	{"MS", "Mississippi", 2271, -6, south, 5, 6, 6},
	{"MO", "Missouri", 4775, -6, midwest, 4, 4, 10},
	{"MT", "Montana", 848, -7, west, 2, 2, 4},
	{"NE", "Nebraska", 1482, -6, midwest, 3, 4, 5},
	{"NV", "Nevada", 2404, -8, west, 1, 3, 6},
	{"NH", "New Hampshire", 1125, -5, northeast, 10, 1, 4},
	{"NJ", "New Jersey", 7281, -5, northeast, 8, 3, 14},
	{"NM", "New Mexico", 1640, -7, west, 2, 5, 5},
	{"NY", "New York", 16012, -5, northeast, 8, 2, 28},
	{"NC", "North Carolina", 8155, -5, south, 6, 5, 16},
	{"ND", "North Dakota", 593, -6, midwest, 3, 2, 3},
	{"OH", "Ohio", 9207, -5, midwest, 6, 3, 17},
	{"OK", "Oklahoma", 2986, -6, south, 3, 6, 7},
	{"OR", "Oregon", 3377, -8, west, 0, 3, 8},
	{"PA", "Pennsylvania", 10350, -5, northeast, 7, 3, 19},
	{"RI", "Rhode Island", 888, -5, northeast, 9, 2, 4},
	{"SC", "South Carolina", 4015, -5, south, 7, 5, 9},
	{"SD", "South Dakota", 676, -6, midwest, 3, 3, 3},
	{"TN", "Tennessee", 5371, -6, south, 5, 5, 11},
	{"TX", "Texas", 21866, -6, south, 3, 7, 40},
	{"UT", "Utah", 2317, -7, west, 1, 4, 6},
	{"VT", "Vermont", 526, -5, northeast, 9, 1, 3},
	{"VA", "Virginia", 6730, -5, south, 7, 4, 13},
	{"WA", "Washington", 6027, -8, west, 0, 2, 12},
	{"WV", "West Virginia", 1434, -5, south, 6, 4, 4},
	{"WI", "Wisconsin", 4612, -6, midwest, 6, 2, 10},
	{"WY", "Wyoming", 443, -7, west, 2, 3, 3},
}

func stateByCode(code string) (state, bool) {
	for _, s := range states {
		if s.code == code {
			return s, true
		}
	}
	return state{}, false
}
