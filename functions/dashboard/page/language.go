package page

import "github.com/tallystream/tallystream/functions/dashboard/text"

// languageLink leads to the same page in a language.
type languageLink struct {
	Code, Name, Href string
	Here             bool
}

// Languages are the links to the page in each language.
func (p content) Languages() []languageLink {
	var list []languageLink
	for _, l := range text.Languages {
		there := p.Chosen
		there.look.Language, there.look.Named = l, true
		list = append(list, languageLink{l.Code, l.Say("name"), there.link(there.Region), l == p.look.Language})
	}
	return list
}
