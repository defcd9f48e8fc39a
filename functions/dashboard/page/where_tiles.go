package page

import (
	"math"
	"strings"
	"unicode/utf8"

	"github.com/tallystream/tallystream/functions/dashboard/results"
	"github.com/tallystream/tallystream/functions/dashboard/text"
)

// tileSize is the distance between two tiles of the map, in its own units.
const tileSize = 100

// gridColumns is the width of the map where the regions have no positions of
// their own; leastColumns keeps the tiles of a few regions from growing large.
// Where there are so many that they would stand higher than wide, they stand gridShape
// times as wide as high.
const (
	gridColumns  = 11
	leastColumns = 5
	gridShape    = 1.6
)

// mostReadable is how many columns a map may have whose tiles can be read.
const mostReadable = 16

// position is where a region's tile is.
type position struct{ column, row int }

// layout lays the regions out: where the election says, if it says so for all
// of them without giving two the same, else by their areas, and without areas in rows by their
// order.
func (g grid) layout(list []results.Region, areas []results.Area) (at []position, columns, rows int) {
	at = make([]position, len(list))
	taken := map[position]bool{}
	for i, one := range list {
		switch {
		case one.Column != nil && one.Row != nil && !taken[position{*one.Column, *one.Row}]:
			at[i] = position{*one.Column, *one.Row}
			taken[at[i]] = true
		case len(areas) > 0:
			return cluster(list, areas)
		default:
			return fill(len(list))
		}
	}
	if len(at) == 0 {
		return at, 0, 0
	}
	first := at[0] // of the columns, and of the rows: those of an area begin anywhere
	for _, one := range at {
		first = position{min(first.column, one.column), min(first.row, one.row)}
	}
	if g.shift > 0 {
		first.row -= first.row % 2 // a row that is shifted stays so
	}
	for i := range at {
		at[i] = position{at[i].column - first.column, at[i].row - first.row}
		columns, rows = max(columns, at[i].column+1), max(rows, at[i].row+1)
	}
	return at, columns, rows
}

// fill is a grid of n cells, in rows.
func fill(n int) (at []position, columns, rows int) {
	columns = min(max(n, 1), gridColumns)
	if n > gridColumns*gridColumns {
		columns = int(math.Ceil(math.Sqrt(gridShape * float64(n))))
	}
	for i := range n {
		at = append(at, position{i % columns, i / columns})
	}
	return at, columns, (n + columns - 1) / columns
}

// codes returns what each tile calls its region, no two the same where the names differ:
// the id, or else an abbreviation of the name, since a tile has room for four letters.
func codes(list []results.Region) []string {
	short := make([][]string, len(list)) // the abbreviations that are left, best first
	for i, g := range list {
		short[i] = abbreviations(g.Name)
		if utf8.RuneCountInString(g.State) <= 4 {
			short[i] = []string{g.State}
		}
	}
	for {
		first := map[string]int{} // how many have it
		for _, of := range short {
			first[of[0]]++
		}
		again := false
		for i, of := range short {
			if first[of[0]] > 1 && len(of) > 1 {
				short[i], again = of[1:], true
			}
		}
		if !again {
			break
		}
	}
	codes := make([]string, len(list))
	for i, of := range short {
		codes[i] = of[0]
	}
	return codes
}

// abbreviations returns the ways to abbreviate a name, best first: its beginning, its
// words' first letters, its beginning with a later letter.
func abbreviations(name string) []string {
	letters := []rune(name)
	all := []string{string(letters[:min(len(letters), 3)]) + "."}
	if words := strings.Fields(name); len(words) > 1 {
		initials := ""
		for _, word := range words[:min(len(words), 4)] {
			first, _ := utf8.DecodeRuneInString(word)
			initials += string(first)
		}
		all = append(all, initials)
	}
	for _, later := range letters[min(len(letters), 3):] {
		if later != ' ' {
			all = append(all, string(letters[:2])+string(later)+".")
		}
	}
	return all
}

// leastLeads are the leads, in points, from which a tile's colour grows stronger.
var leastLeads = []float64{2, 5, 10}

// strength is how strong the colour of a region's lead is: 1 to 4, 0 where nobody leads.
func strength(g results.Region) int {
	if g.Leader == nil || g.Margin == 0 || g.MarginShare == nil {
		return 0
	}
	n := 1
	for _, least := range leastLeads {
		if text.Tenth(*g.MarginShare) >= least {
			n++
		}
	}
	return n
}
