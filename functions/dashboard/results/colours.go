package results

// Palette is Okabe and Ito's, which stays apart for readers with any kind of
// colour vision, without its black.
var Palette = []string{"#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442"}

// OtherColour is that of candidates beyond the palette: a grey that shows on
// white and on black. They are told apart by their names.
const OtherColour = "#808080"

// paint gives a colour to every candidate that has none, in the order given,
// leaving out the colours that the election file uses.
func paint(list []Candidate) {
	used := map[string]bool{}
	for _, c := range list {
		used[c.Colour] = true
	}
	free := make([]string, 0, len(Palette))
	for _, colour := range Palette {
		if !used[colour] {
			free = append(free, colour)
		}
	}
	for i := range list {
		switch {
		case list[i].Colour != "":
		case len(free) > 0:
			list[i].Colour, free = free[0], free[1:]
		default:
			list[i].Colour = OtherColour
		}
	}
}
