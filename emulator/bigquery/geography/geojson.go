package geography

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/golang/geo/r2"
	"github.com/golang/geo/s2"

	"github.com/tallystream/tallystream/emulator/bigquery/geography/coordinate"
)

// FromJSON reads a geometry of GeoJSON (RFC 7946). Its edges are straight on the map, and
// each ring encloses its smaller side.
func FromJSON(text string) (*Geography, error) {
	b := builder{Options: Options{Planar: true}}
	if err := b.json(json.RawMessage(text)); err != nil {
		return nil, err
	}
	return b.build()
}

// geometry is an object of GeoJSON.
type geometry struct {
	Type        string            `json:"type"`
	Coordinates json.RawMessage   `json:"coordinates"`
	Geometries  []json.RawMessage `json:"geometries"`
}

func (b *builder) json(text json.RawMessage) error {
	var g geometry
	if err := json.Unmarshal(text, &g); err != nil {
		return errorf("Invalid GeoJSON: it is no JSON object of a geometry")
	}
	switch g.Type {
	case "Point":
		return eachOf(g.Coordinates, 0, b.point)
	case "MultiPoint":
		return eachOf(g.Coordinates, 1, b.point)
	case "LineString":
		return eachOf(g.Coordinates, 0, b.line)
	case "MultiLineString":
		return eachOf(g.Coordinates, 1, b.line)
	case "Polygon":
		return eachOf(g.Coordinates, 0, b.polygonOrNone)
	case "MultiPolygon":
		return eachOf(g.Coordinates, 1, b.polygonOrNone)
	case "GeometryCollection":
		for _, part := range g.Geometries {
			if err := b.json(part); err != nil {
				return err
			}
		}
		return nil
	case "Feature", "FeatureCollection":
		return errorf("Invalid GeoJSON: a geometry is taken, not a %s", g.Type)
	}
	return errorf("Invalid GeoJSON: the type '%s'", g.Type)
}

func (b *builder) polygonOrNone(rings [][]position) error {
	if len(rings) == 0 {
		return nil
	}
	return b.polygon(rings)
}

// eachOf reads the coordinates of one part, or with depth 1 of a list of parts.
func eachOf[T any](coordinates json.RawMessage, depth int, add func(T) error) error {
	if depth == 0 {
		if strings.TrimSpace(string(coordinates)) == "[]" {
			return nil
		}
		v, err := readCoordinates[T](coordinates)
		if err != nil {
			return err
		}
		return add(v)
	}
	var list []json.RawMessage
	if err := json.Unmarshal(coordinates, &list); err != nil {
		return errCoordinates
	}
	for _, part := range list {
		if err := eachOf(part, depth-1, add); err != nil {
			return err
		}
	}
	return nil
}

var errCoordinates = errorf("Invalid GeoJSON: coordinates must be arrays of positions of two numbers")

// UnmarshalJSON takes a position of exactly two numbers.
func (p *position) UnmarshalJSON(text []byte) error {
	var list []float64
	if err := json.Unmarshal(text, &list); err != nil || len(list) != len(p) {
		return errCoordinates
	}
	copy(p[:], list)
	return nil
}

func readCoordinates[T any](text json.RawMessage) (v T, err error) {
	if json.Unmarshal(text, &v) != nil || len(text) == 0 {
		return v, errCoordinates
	}
	return v, nil
}

// JSON is the value in GeoJSON, in the spacing that BigQuery writes. Edges get further
// vertices where they aren't straight on the map.
func (g *Geography) JSON() (string, error) {
	if g.Full {
		return "", errFullGlobe
	}
	parts := g.byDimension()
	if len(parts) == 1 {
		return parts[0].json(), nil
	}
	texts := make([]string, len(parts))
	for i, p := range parts {
		texts[i] = p.json()
	}
	return `{ "type": "GeometryCollection", "geometries": [ ` + strings.Join(texts, ", ") + "] } ", nil
}

// json is a value of one dimension.
func (g *Geography) json() string {
	var texts []string
	for _, p := range g.Points {
		texts = append(texts, jsonPoint(plate.Project(p)))
	}
	for _, l := range g.Lines {
		texts = append(texts, jsonChain(l))
	}
	for _, p := range g.Polygons {
		var rings []string
		for _, r := range p.oriented() {
			rings = append(rings, jsonChain(closed(r)))
		}
		texts = append(texts, jsonList(rings))
	}
	coordinates := texts[0]
	if len(texts) > 1 {
		coordinates = jsonList(texts)
	}
	return fmt.Sprintf(`{ "type": "%s", "coordinates": %s } `, g.Type(), coordinates)
}

func jsonList(texts []string) string { return "[ " + strings.Join(texts, ", ") + " ]" }

func jsonPoint(p r2.Point) string {
	b := coordinate.Append([]byte{'['}, p.X)
	return string(append(coordinate.Append(append(b, ", "...), p.Y), ']'))
}

func jsonChain(vertices []s2.Point) string {
	tessellator := s2.NewEdgeTessellator(plate, tolerance)
	var chain []r2.Point
	for i := range vertices[1:] {
		chain = tessellator.AppendProjected(vertices[i], vertices[i+1], chain)
	}
	texts := make([]string, len(chain))
	for i, p := range chain {
		texts[i] = jsonPoint(p)
	}
	return jsonList(texts)
}
