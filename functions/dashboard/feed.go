package dashboard

import (
	"maps"
	"net/http"

	"github.com/tallystream/tallystream/functions/dashboard/httpdoc"
	"github.com/tallystream/tallystream/functions/dashboard/refresh"
)

// feed serves what has happened in the count, through filters and in the language lang.
func (h *Handler) feed(w http.ResponseWriter, r *http.Request) {
	maps.Copy(w.Header(), httpdoc.CrossOrigin)
	h.view(w, r, func(v *refresh.View) (*httpdoc.Document, error) {
		f, look, _, err := pictured(v, r, "lang")
		if err != nil {
			return nil, badFilter{err}
		}
		return v.Feed(f, look)
	})
}
