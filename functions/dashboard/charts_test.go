package dashboard

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/functions/dashboard/chart"
	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
)

// fetched is the answer to a request.
func fetched(h http.Handler, target string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
	return w
}

// words are the texts of an SVG. It must be XML, and stand alone: nothing in it leads elsewhere.
func words(t *testing.T, svg []byte) string {
	t.Helper()
	var all strings.Builder
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all.String()
		}
		if err != nil {
			t.Fatalf("%v in %.300s", err, svg)
		}
		switch token := token.(type) {
		case xml.StartElement:
			for _, a := range token.Attr {
				if a.Name.Local == "href" || a.Name.Local == "style" || a.Name.Local == "class" || strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf") {
					t.Errorf("<%s> has %s=%q", token.Name.Local, a.Name.Local, a.Value)
				}
			}
		case xml.CharData:
			all.Write(token)
		}
	}
}

// TestCharts asks for every chart of elections of several kinds, in both formats. PICTURES names
// a folder to look at them.
func TestCharts(t *testing.T) {
	for name, h := range map[string]*Handler{
		"country": countryHandler(t, sample.CountryElection(t), 400), "parliament": countryHandler(t, sample.Example(t, "parliament"), 400),
		"referendum": countryHandler(t, sample.Example(t, "referendum"), 400), "empty": countryHandler(t, sample.CountryElection(t), 0),
	} {
		for _, one := range h.charts {
			queries := []string{"?lang=en", "?lang=de&theme=dark&tz=America/New_York"}
			if one == "map" {
				for _, kind := range h.pages.Maps.Kinds {
					queries = append(queries, "?lang=de&theme=dark&map="+string(kind))
				}
			}
			for _, query := range queries {
				svg := fetched(h, "/charts/"+one+".svg"+query)
				if svg.Code != http.StatusOK || svg.Header().Get("Content-Type") != "image/svg+xml" || svg.Header().Get("ETag") == "" {
					t.Fatalf("%s of %s: %d %s", one, name, svg.Code, svg.Body)
				}
				said := words(t, svg.Body.Bytes())
				if !strings.Contains(said, h.title) || !strings.Contains(said, "Tallystream") {
					t.Errorf("%s of %s says %q", one, name, said)
				}
				if strings.Contains(query, "tz=") && name == "country" && (one == "hours" || one == "minutes") && !strings.Contains(said, "E") {
					t.Errorf("%s of %s isn't by the clock that was asked for: %q", one, name, said)
				}
				if !strings.Contains(query, "dark") {
					continue
				}
				drawn := fetched(h, "/charts/"+one+".png"+query)
				picture, err := png.Decode(bytes.NewReader(drawn.Body.Bytes()))
				if err != nil {
					t.Fatalf("%s of %s: %v: %.300s", one, name, err, drawn.Body)
				}
				if b := picture.Bounds(); b.Dx() != 1200 || b.Dy() < 150 || b.Dy() > 5000 {
					t.Errorf("%s of %s is %v", one, name, b)
				}
				if folder := os.Getenv("PICTURES"); folder != "" {
					theme := cmp.Or(regexp.MustCompile("outlines|hexagons|tiles").FindString(query), query[6:8])
					for ending, body := range map[string][]byte{"svg": svg.Body.Bytes(), "png": drawn.Body.Bytes()} {
						if err := os.WriteFile(filepath.Join(folder, name+"-"+one+"-"+theme+"."+ending), body, 0o600); err != nil {
							t.Fatal(err)
						}
					}
				}
			}
		}
	}
}

// TestChartsSayWhatThePageSays compares figures of charts with those of the API.
func TestChartsSayWhatThePageSays(t *testing.T) {
	h := countryHandler(t, sample.CountryElection(t), 400)
	figures := sample.Decode(t, fetched(h, "/api/v1/results?region=TX").Body.Bytes())
	totals := figures["totals"].(map[string]any)
	said := words(t, fetched(h, "/charts/race.svg?region=TX&lang=en").Body.Bytes())
	if !strings.Contains(said, totals["headline"].(string)) || !strings.Contains(said, "Texas") {
		t.Errorf("the race in Texas says %q, want %q", said, totals["headline"])
	}
	arabic := words(t, fetched(h, "/charts/turnout.svg?lang=ar").Body.Bytes())
	if !strings.Contains(arabic, "المشاركة حسب المنطقة") {
		t.Errorf("in Arabic the turnout says %q", arabic)
	}
	page := fetched(h, "/?lang=de&region=TX").Body.String()
	for _, one := range h.charts {
		if one == "seats" {
			continue
		}
		if link := `href="charts/` + one + `.png?lang=de&amp;region=TX"`; !strings.Contains(page, link) {
			t.Errorf("the page has no %s", link)
		}
	}
	if page := fetched(h, "/?lang=ar").Body.String(); strings.Contains(page, ".png?lang=ar") || !strings.Contains(page, "charts/race.svg?lang=ar") {
		t.Error("the page in Arabic offers pictures that can't be drawn, or none")
	}
}

// TestChartOfEachMap holds that every region is drawn once as each map has it, under the words of the page.
func TestChartOfEachMap(t *testing.T) {
	e := sample.CountryElection(t)
	h := countryHandler(t, e, 800)
	for kind, region := range map[string]string{"tiles": `h9?[0-9.]+v[0-9.]+h-`, "hexagons": ` d="M50 2 98 30V86L50 114 2 86V30z"`, "outlines": `stroke-width="1" stroke-linejoin="round"/>`} {
		svg := fetched(h, "/charts/map.svg?lang=en&map="+kind).Body.Bytes()
		if said := words(t, svg); !strings.Contains(said, "TX") || !strings.Contains(said, "+") {
			t.Errorf("the map of %s says %q", kind, said)
		}
		if n := len(regexp.MustCompile(region).FindAll(svg, -1)); n < len(e.Regions) || kind != "tiles" && n > len(e.Regions) {
			t.Errorf("the map of %s draws %d regions, want %d", kind, n, len(e.Regions))
		}
	}
	if page := fetched(h, "/?lang=en&map=hexagons").Body.String(); !strings.Contains(page, `href="charts/map.svg?lang=en&amp;map=hexagons"`) {
		t.Error("the page with a map of hexagons leads to the picture of another")
	}
}

func TestChartsRefuseWhatTheyDoNotKnow(t *testing.T) {
	h := countryHandler(t, sample.CountryElection(t), 400)
	for address, want := range map[string]struct {
		code int
		says string
	}{
		"/charts/pie.svg":                  {404, "race"},
		"/charts/race.gif":                 {404, ".svg or .png"},
		"/charts/race":                     {404, ".svg or .png"},
		"/charts/race.svg?theme=blue":      {400, "light, dark"},
		"/charts/race.svg?tz=Mars/Olympus": {400, "Europe/Berlin"},
		"/charts/race.svg?tz=Local":        {400, "Europe/Berlin"},
		"/charts/race.svg?lang=fr":         {400, "en, de"},
		"/charts/race.svg?region=Atlantis": {400, "Atlantis"},
		"/charts/race.svg?width=5":         {400, "width"},
		"/charts/race.svg?lang=de&lang=de": {400, "2 times"},
		"/charts/race.png?lang=ar":         {400, "SVG"},
		"/charts/race.svg?map=tiles":       {400, "map"},
		"/charts/map.svg?map=globe":        {400, "tiles, hexagons, outlines"},
	} {
		got := fetched(h, address)
		if got.Code != want.code || !strings.Contains(got.Body.String(), want.says) {
			t.Errorf("%s: %d %s, want %d with %q", address, got.Code, got.Body, want.code, want.says)
		}
	}
	mayor := countryHandler(t, sample.Example(t, "mayor"), 400)
	if got := fetched(mayor, "/charts/seats.svg"); got.Code != 404 || strings.Contains(strings.Join(chart.Names(sample.Example(t, "mayor")), " "), "seats") {
		t.Errorf("an election without seats has a chart of them: %d", got.Code)
	}
}
