package dashboard

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // the machine may have none

	"github.com/tallystream/tallystream/functions/dashboard/chart"
	"github.com/tallystream/tallystream/functions/dashboard/filter"
	"github.com/tallystream/tallystream/functions/dashboard/httpdoc"
	"github.com/tallystream/tallystream/functions/dashboard/page"
	"github.com/tallystream/tallystream/functions/dashboard/picture"
	"github.com/tallystream/tallystream/functions/dashboard/refresh"
)

// chart serves a chart of the page as a picture.
func (h *Handler) chart(w http.ResponseWriter, r *http.Request) {
	name, format, _ := strings.Cut(r.PathValue("file"), ".")
	if !slices.Contains(h.charts, name) || format != "svg" && format != "png" {
		h.fail(w, r, http.StatusNotFound, "There is no such chart. There are "+strings.Join(h.charts, ", ")+", each with .svg or .png.")
		return
	}
	maps.Copy(w.Header(), httpdoc.CrossOrigin)
	h.view(w, r, func(v *refresh.View) (*httpdoc.Document, error) {
		parameters := []string{"lang", "theme", "tz"}
		if name == "map" {
			parameters = append(parameters, "map")
		}
		f, look, o, err := pictured(v, r, parameters...)
		if err == nil {
			look.Map, err = h.mapOf(r.URL.Query())
		}
		if err != nil {
			return nil, badFilter{err}
		}
		o.Name = name
		doc, err := v.Chart(f, look, o, format)
		var unwritable *picture.UnwritableError
		if errors.As(err, &unwritable) {
			return nil, badFilter{unwritable}
		}
		return doc, err
	})
}

// pictured is how a request wants a picture, or the feed: its filters, and the parameters lang,
// theme and tz. parameters are those that it may have besides filters.
func pictured(v *refresh.View, r *http.Request, parameters ...string) (f filter.Filter, look page.Look, o chart.Options, err error) {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return f, look, o, fmt.Errorf("the address can't be read: %w", err)
	}
	if f, err = filter.Parse(q, v.Known(), parameters...); err != nil {
		return f, look, o, err
	}
	if look, err = inLanguage(r, q); err != nil {
		return f, look, o, err
	}
	if o.Theme = q.Get("theme"); o.Theme == "" {
		o.Theme = chart.Themes[0]
	}
	if !slices.Contains(chart.Themes, o.Theme) {
		return f, look, o, fmt.Errorf("there is no theme %.40q: use %s", o.Theme, strings.Join(chart.Themes, ", "))
	}
	o.Zone, err = zoneOf(q.Get("tz"))
	return f, look, o, err
}

// zoneOf is a time zone by its name in the database of IANA; UTC without one.
func zoneOf(name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" || len(name) > 60 {
		return nil, fmt.Errorf("there is no time zone %.60q: use a name such as Europe/Berlin", name)
	}
	return zone, nil
}
