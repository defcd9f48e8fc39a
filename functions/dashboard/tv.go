package dashboard

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/functions/dashboard/page"
)

// tv leads to a graphic for television: the page, as the parameters tv and background show it.
// What else the address asks for stays.
func (h *Handler) tv(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	q.Set("tv", r.PathValue("graphic"))
	if err := showGraphic(q, &page.Look{}); err != nil {
		h.fail(w, r, http.StatusNotFound, sentence(err.Error()))
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Location", "../?"+q.Encode())
	w.WriteHeader(http.StatusTemporaryRedirect)
}

// showGraphic reads from a query which graphic a page is, if it is one, and before which
// background.
func showGraphic(q url.Values, look *page.Look) error {
	look.Graphic, look.Background = q.Get("tv"), q.Get("background")
	switch {
	case look.Graphic == "" && look.Background != "":
		return fmt.Errorf("the parameter background is for graphics: add tv, which is one of %s", strings.Join(page.Graphics, ", "))
	case look.Graphic == "":
		return nil
	case !slices.Contains(page.Graphics, look.Graphic):
		return fmt.Errorf("there is no graphic %.40q: use %s", look.Graphic, strings.Join(page.Graphics, ", "))
	case look.Background != "" && !slices.Contains(page.Backgrounds, look.Background):
		return fmt.Errorf("there is no background %.40q: use %s", look.Background, strings.Join(page.Backgrounds, ", "))
	case look.Section != "":
		return fmt.Errorf("a page is a graphic (tv) or a section (embed), not both")
	}
	return nil
}
