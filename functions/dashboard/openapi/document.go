// Package openapi describes the API as OpenAPI 3.1 has it. The types that answers are encoded
// from go in; the description comes out. A test holds every answer to it.
package openapi

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/tallystream/tallystream/functions/dashboard/chart"
	"github.com/tallystream/tallystream/functions/dashboard/delta"
	"github.com/tallystream/tallystream/functions/dashboard/disclosure"
	"github.com/tallystream/tallystream/functions/dashboard/export"
	"github.com/tallystream/tallystream/functions/dashboard/httpdoc"
	"github.com/tallystream/tallystream/functions/dashboard/refresh"
	"github.com/tallystream/tallystream/functions/dashboard/results"
)

// rows are the types of the rows of each section.
var rows = map[string]reflect.Type{
	"candidates": reflect.TypeFor[results.Candidate](), "regions": reflect.TypeFor[results.Region](),
	"areas": reflect.TypeFor[results.Area](), "seats": reflect.TypeFor[results.CandidateSeats](), "hourly": reflect.TypeFor[results.Hour](), "minutes": reflect.TypeFor[results.Minute](),
	"demographics": reflect.TypeFor[disclosure.Group](), "amendments": reflect.TypeFor[disclosure.Amendment](),
	"books": reflect.TypeFor[export.BookRow](),
}

// failure is the answer to what is refused.
type failure struct {
	Error string `json:"error"`
}

// Document is the description.
func Document() (*httpdoc.Document, error) {
	s := &schemas{components: object{}}
	paths := object{
		"/api/v1/results": get("The whole document of the results", filters(), answer("application/json", s.of(reflect.TypeFor[results.Document]()))),
		"/api/v1/books":   get("The books with status and times", nil, answer("application/json", s.of(reflect.TypeFor[refresh.BooksDocument]()))),
		"/api/v1/stream": get("The document as server-sent events: results, and then patches", append(filters(), parameter("since", "the version that the reader has", "", "k1J9rA0b8sQm2TzE")),
			answer("text/event-stream", object{"type": "string"})),
		"/api/v1/openapi.json": get("This description", nil, answer("application/json", object{"type": "object"})),
	}
	for _, section := range results.Sections {
		schema := s.section(section)
		paths["/api/v1/"+section+".json"] = get(fmt.Sprintf("The section %s as rows", section), filters(), answer("application/json", schema))
		paths["/api/v1/"+section+".csv"] = get(fmt.Sprintf("The section %s as RFC 4180 has it", section), filters(), answer("text/csv", object{"type": "string"}))
	}
	picture := answer("image/svg+xml", object{"type": "string"})
	picture["content"].(object)["image/png"] = object{"schema": object{}}
	paths["/charts/{file}"] = get("A chart of the page as a picture, 1200 pixels wide", append(looks(), chartFile()), picture)
	paths["/feed.atom"] = get("What has happened in the count, as an Atom feed", append(filters(), language()), answer("application/atom+xml", object{"type": "string"}))
	s.of(reflect.TypeFor[delta.Patch]()) // the data of the stream's patches
	s.of(reflect.TypeFor[failure]())
	return httpdoc.JSON(object{
		"openapi": "3.1.0",
		"info": object{
			"title": "Results of an election", "version": "1",
			"description": "Public, read-only, without a key, for pages of any origin (CORS). Members may be added within a version; what is taken away or changes its meaning comes under another one, /api/v2, beside the old.",
		},
		"paths":      paths,
		"components": object{"schemas": s.components},
	})
}

// section is the schema of a section as rows.
func (s *schemas) section(name string) object {
	component := "Section_" + name
	properties, required := object{}, []string{}
	t := reflect.TypeFor[export.Section]()
	for field := range t.Fields() {
		tag := field.Tag.Get("json")
		if required = append(required, tag); tag == "rows" {
			properties[tag] = object{"type": "array", "items": s.of(rows[name])}
			continue
		}
		properties[tag] = s.of(field.Type)
	}
	s.components[component] = object{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
	return ref(component)
}

func get(summary string, parameters []object, ok object) object {
	operation := object{"summary": summary, "responses": object{
		"200":     ok,
		"304":     object{"description": "The reader has what there is (If-None-Match)"},
		"default": answerOf("What is refused, in a sentence", "application/json", ref("failure")),
	}}
	if parameters != nil {
		operation["parameters"] = parameters
	}
	return object{"get": operation}
}

func answer(contentType string, schema object) object { return answerOf("OK", contentType, schema) }

func answerOf(description, contentType string, schema object) object {
	return object{"description": description, "content": object{contentType: object{"schema": schema}}}
}

func filters() []object {
	return []object{
		parameter("region", "one region, by its id: those of the document's regions", "", "TX"),
		parameter("group", "one age group or one gender", "^((age|gender):.+)?$", "age:18-24"),
		parameter("from", "votes cast from this time, inclusive: RFC 3339, whole hours", instant, "2026-11-03T14:00:00Z"),
		parameter("to", "votes cast up to this time, exclusive", instant, "2026-11-03T18:00:00Z"),
	}
}

// looks are the parameters of a chart: the filters, and how it is drawn.
func looks() []object {
	return append(filters(), language(),
		parameter("theme", "what it is drawn on", "^("+strings.Join(chart.Themes, "|")+")?$", "dark"),
		parameter("tz", "the time zone of its times, by its name in IANA's database; without it, UTC", "", "Europe/Berlin"),
		parameter("map", "of the chart map alone: how regions are drawn, as far as the election has it; without it, as the page shows them first", "^(tiles|hexagons|outlines)?$", "hexagons"))
}

func language() object {
	return parameter("lang", "the language of its words; without it, one that the reader accepts", "", "de")
}

// chartFile is the part of an address that names a chart and its format.
func chartFile() object {
	var files []string
	for _, name := range chart.All {
		files = append(files, name+".svg", name+".png")
	}
	return object{"name": "file", "in": "path", "required": true, "schema": object{"type": "string", "enum": files}, "example": "map.svg"}
}

// instant is a pattern of RFC 3339 in this century, or nothing.
const instant = `^(20[0-9]{2}-(0[1-9]|1[0-2])-[0-3][0-9][Tt ][0-2][0-9]:[0-5][0-9].*)?$`

// parameter describes a parameter: its values have a pattern, if that isn't empty.
func parameter(name, description, pattern, example string) object {
	schema := object{"type": "string"}
	if pattern != "" {
		schema["pattern"] = pattern
	}
	return object{"name": name, "in": "query", "description": description, "schema": schema, "example": example}
}
