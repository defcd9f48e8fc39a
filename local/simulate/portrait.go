package simulate

import (
	"fmt"
	"net/url"
)

// portrait is a picture of a candidate that needs no network: the initials on
// the candidate's colour.
func portrait(initials, colour string) string {
	const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="%s"/>` +
		`<text x="32" y="42" font-family="sans-serif" font-size="28" text-anchor="middle" fill="#fff">%s</text></svg>`
	return "data:image/svg+xml," + url.PathEscape(fmt.Sprintf(svg, colour, initials))
}

// initials are the first letters of a name's words.
func initials(name string) string {
	var letters []rune
	start := true
	for _, r := range name {
		if start {
			letters = append(letters, r)
		}
		start = r == ' '
	}
	return string(letters)
}
