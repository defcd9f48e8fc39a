package page

import (
	"html/template"
	"math"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"github.com/tallystream/tallystream/functions/dashboard/results"
)

// initials are the first letters of the first and the last word of a name:
// what stands where there is no portrait.
func initials(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	switch len(words) {
	case 0:
		return "?"
	case 1:
		return first(words[0])
	default:
		return first(words[0]) + first(words[len(words)-1])
	}
}

func first(word string) string {
	for _, r := range word {
		return string(unicode.ToUpper(r))
	}
	return ""
}

// maxImageURL is the longest address of an image that goes on the page.
const maxImageURL = 2048

// picture is the address of a candidate's portrait, or empty. The election
// file, which its publisher wrote, may also hold the image itself.
func picture(c results.Candidate) template.URL {
	if strings.HasPrefix(c.Portrait, "data:image/") {
		return template.URL(c.Portrait) //nolint:gosec // an image can't run scripts
	}
	for _, address := range []string{c.Portrait, c.Image} {
		u, err := url.Parse(address)
		if err == nil && u.Scheme == "https" && u.Host != "" && len(address) <= maxImageURL {
			return template.URL(u.String()) //nolint:gosec // checked above
		}
	}
	return ""
}

// ink is black or white, whichever can be read on a colour: the one with the
// greater contrast as WCAG 2 works it out.
func ink(colour string) string {
	l := luminance(colour)
	if (l+0.05)/0.05 >= 1.05/(l+0.05) {
		return "#000000"
	}
	return "#ffffff"
}

// luminance is the relative luminance of #RRGGBB as WCAG 2 defines it, from 0
// to 1.
func luminance(colour string) float64 {
	rgb, err := strconv.ParseUint(strings.TrimPrefix(colour, "#"), 16, 24)
	if err != nil {
		return 0
	}
	linear := func(c uint64) float64 {
		v := float64(c) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(rgb>>16) + 0.7152*linear(rgb>>8&0xff) + 0.0722*linear(rgb&0xff)
}
