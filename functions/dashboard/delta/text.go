package delta

import (
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// Edit is one step that makes one text of another: a text to insert, or else how many UTF-16 code
// units to keep (above 0) or to delete (below). JavaScript measures texts in these.
type Edit struct {
	Put  string
	Move int
}

// MarshalJSON writes a text or a number.
func (e Edit) MarshalJSON() ([]byte, error) {
	if e.Put != "" {
		return json.Marshal(e.Put)
	}
	return json.Marshal(e.Move)
}

// Edits says how one HTML text becomes another. What follows the last edit is kept. The search for
// few edits ends after patience. The edits are right even then, only more than necessary.
func Edits(from, to []byte, patience time.Duration) []Edit {
	names := &names{of: map[string]rune{}}
	before, after := names.runes(tokens(string(from))), names.runes(tokens(string(to)))
	search := diffmatchpatch.New()
	search.DiffTimeout = patience
	w := &editor{}
	for _, d := range search.DiffMainRunes(before, after, false) {
		text := names.text(d.Text)
		switch d.Type {
		case diffmatchpatch.DiffEqual:
			w.flush()
			w.keep += units(text)
		case diffmatchpatch.DiffDelete:
			w.gone += text
		case diffmatchpatch.DiffInsert:
			w.come += text
		}
	}
	w.flush()
	return w.edits
}

// names gives each token a character, because the library compares texts by characters.
type names struct {
	of  map[string]rune
	all []string
}

func (n *names) runes(tokens []string) []rune {
	list := make([]rune, 0, len(tokens))
	for _, token := range tokens {
		r, known := n.of[token]
		if !known {
			if r = rune(len(n.all)); r >= surrogates {
				r += surrogateCount
			}
			n.of[token] = r
			n.all = append(n.all, token)
		}
		list = append(list, r)
	}
	return list
}

// The code points of surrogates can't be characters: names skips them.
const surrogates, surrogateCount = 0xd800, 0x800

// text joins the tokens of some characters.
func (n *names) text(runes string) string {
	var b strings.Builder
	for _, r := range runes {
		if r >= surrogates {
			r -= surrogateCount
		}
		b.WriteString(n.all[r])
	}
	return b.String()
}

// editor collects edits.
type editor struct {
	edits      []Edit
	keep       int
	gone, come string // come takes the place of gone
}

// flush writes that come takes the place of gone. What both begin and end with is kept.
func (w *editor) flush() {
	gone, come := w.gone, w.come
	w.gone, w.come = "", ""
	if gone == come {
		w.keep += units(gone)
		return
	}
	head := common(gone, come)
	w.keep += units(gone[:head])
	gone, come = gone[head:], come[head:]
	tail := commonEnd(gone, come)
	end := units(gone[len(gone)-tail:])
	gone, come = gone[:len(gone)-tail], come[:len(come)-tail]
	if w.keep > 0 {
		w.edits = append(w.edits, Edit{Move: w.keep})
	}
	if gone != "" {
		w.edits = append(w.edits, Edit{Move: -units(gone)})
	}
	if come != "" {
		w.edits = append(w.edits, Edit{Put: come})
	}
	w.keep = end
}

// tokens cuts HTML into tags and the texts between them. It also cuts after each comma, since the
// figures of charts are long lists.
func tokens(html string) []string {
	var list []string
	begun := 0
	for i := range len(html) {
		switch html[i] {
		case '<':
			if i > begun {
				list = append(list, html[begun:i])
				begun = i
			}
		case '>', ',':
			list = append(list, html[begun:i+1])
			begun = i + 1
		}
	}
	if begun < len(html) {
		list = append(list, html[begun:])
	}
	return list
}

// common is how many bytes of whole characters two texts begin with alike.
func common(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	for n > 0 && (n < len(a) && !utf8.RuneStart(a[n]) || n < len(b) && !utf8.RuneStart(b[n])) {
		n--
	}
	return n
}

// commonEnd is how many bytes of whole characters two texts end with alike.
func commonEnd(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	for n > 0 && !utf8.RuneStart(a[len(a)-n]) {
		n--
	}
	return n
}

// units is the length of a text in UTF-16 code units.
func units(s string) int {
	n := 0
	for _, r := range s {
		if n++; r > 0xffff {
			n++
		}
	}
	return n
}
