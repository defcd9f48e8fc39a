package election

const (
	// Unknown stands for a gender or an age group that isn't known.
	Unknown = "unknown"
	// NoAge is the age of a voter whose record tells none.
	NoAge = -1
	// MaxAge is the greatest age in years that a record may tell.
	MaxAge = 130
)

// AgeGroup returns the group of an age in years; a negative one is unknown.
func AgeGroup(age int) string {
	switch {
	case age < 0:
		return Unknown
	case age < 18:
		return "under 18"
	case age < 25:
		return "18-24"
	case age < 35:
		return "25-34"
	case age < 50:
		return "35-49"
	case age < 65:
		return "50-64"
	default:
		return "65+"
	}
}

// AgeGroups lists the groups from young to old, then unknown.
func AgeGroups() []string {
	return []string{"under 18", "18-24", "25-34", "35-49", "50-64", "65+", Unknown}
}
