package page

import (
	"bytes"
	"fmt"

	"github.com/tallystream/tallystream/functions/dashboard/text"
)

// errorPage is the data of error.html.
type errorPage struct {
	Title    string
	Sentence string
	Root     string // relative address of the dashboard's page
	Assets   map[string]string
}

// RenderError renders the page that tells a person of an error in a language, for an address from
// which the dashboard's page is at root. The sentence may be empty.
func (pr Renderer) RenderError(l *text.Language, title, sentence, root string) ([]byte, error) {
	var b bytes.Buffer
	err := templates[l]().ExecuteTemplate(&b, "error.html", errorPage{Title: title, Sentence: sentence, Root: root, Assets: pr.Assets.Names})
	if err != nil {
		return nil, fmt.Errorf("render an error: %w", err)
	}
	return b.Bytes(), nil
}
