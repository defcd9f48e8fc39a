package results

// Palette is Okabe and Ito's, without its black, and then Tol's muted one
// (https://sronpersonalpages.nl/~pault/): each stays apart for readers with any kind of
// colour vision. The colours of the one are near to some of the other's, so marks differ too.
var Palette = []string{
	"#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442",
	"#332288", "#882255", "#117733", "#CC6677", "#999933", "#AA4499", "#44AA99", "#DDCC77", "#88CCEE",
}

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
