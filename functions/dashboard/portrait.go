package dashboard

import (
	"html/template"
	"net/url"
	"strings"
	"unicode"
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
// file, which its publisher wrote, may also hold the image itself; the results
// may have the address from a vote, and it must be one of the web's.
func picture(c Candidate) template.URL {
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
