package outline

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"
)

// feature is what a file says of one region: the text that names it, and its polygons.
type feature struct {
	name     string
	polygons orb.MultiPolygon
}

// object is any object of GeoJSON (RFC 7946), and of TopoJSON
// (https://github.com/topojson/topojson-specification).
type object struct {
	Type        string                     `json:"type"`
	ID          json.RawMessage            `json:"id"`
	Properties  map[string]json.RawMessage `json:"properties"`
	Features    []object                   `json:"features"`    // of a FeatureCollection
	Geometry    *object                    `json:"geometry"`    // of a Feature
	Geometries  []object                   `json:"geometries"`  // of a GeometryCollection
	Coordinates json.RawMessage            `json:"coordinates"` // of GeoJSON
	Arcs        json.RawMessage            `json:"arcs"`        // of a Topology, and of its objects
	Objects     map[string]object          `json:"objects"`     // of a Topology
	Transform   *struct{ Scale, Translate orb.Point }
}

// decode reads the features of a TopoJSON or GeoJSON. chosen is the object of a TopoJSON,
// property what names a region.
func decode(text []byte, chosen, property string) ([]feature, error) {
	var top object
	if err := json.Unmarshal(text, &top); err != nil {
		return nil, fmt.Errorf("they are neither TopoJSON nor GeoJSON: %w", err)
	}
	var list []object
	var polygons func(object) (orb.MultiPolygon, error)
	switch {
	case top.Type == "Topology":
		t, err := newTopology(top)
		if err != nil {
			return nil, err
		}
		o, err := only(top.Objects, chosen)
		if err != nil {
			return nil, err
		}
		list, polygons = o.Geometries, t.polygons
		if o.Type != "GeometryCollection" {
			list = []object{o}
		}
	case chosen != "":
		return nil, fmt.Errorf("they are a %s, which has no object %q: leave object out", top.Type, chosen)
	case top.Type == "FeatureCollection":
		list, polygons = top.Features, geometryOf
	default:
		return nil, fmt.Errorf("their type is %q: give a Topology or a FeatureCollection", top.Type)
	}
	features := make([]feature, 0, len(list))
	for i, o := range list {
		f := feature{name: o.name(property)}
		if f.name == "" {
			return nil, fmt.Errorf("feature %d has no %s to name its region by: name another by property", i, what(property))
		}
		var err error
		if f.polygons, err = polygons(o); err == nil {
			err = check(f.polygons)
		}
		if err != nil {
			return nil, fmt.Errorf("the outline %q: %w", f.name, err)
		}
		features = append(features, f)
	}
	return features, nil
}

func what(property string) string {
	if property == "" {
		return "id"
	}
	return fmt.Sprintf("property %q", property)
}

// name is the text by which a feature names its region, also where that is a number.
func (o object) name(property string) string {
	raw := o.ID
	if property != "" {
		raw = o.Properties[property]
	}
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	if number := strings.TrimSpace(string(raw)); number != "" && strings.Contains("-0123456789", number[:1]) {
		return number
	}
	return ""
}

// only returns the object that is chosen, or the only one.
func only(objects map[string]object, chosen string) (object, error) {
	names := slices.Sorted(maps.Keys(objects))
	if chosen == "" && len(names) == 1 {
		chosen = names[0]
	}
	o, ok := objects[chosen]
	if !ok {
		return o, fmt.Errorf("their objects are %q: choose one of them by object", names)
	}
	return o, nil
}

// geometryOf is the geometry of a feature of GeoJSON.
func geometryOf(f object) (orb.MultiPolygon, error) {
	if f.Geometry == nil {
		return nil, fmt.Errorf("it has no geometry")
	}
	switch f.Geometry.Type {
	case "Polygon":
		var p orb.Polygon
		err := json.Unmarshal(f.Geometry.Coordinates, &p)
		return orb.MultiPolygon{p}, err
	case "MultiPolygon":
		var m orb.MultiPolygon
		err := json.Unmarshal(f.Geometry.Coordinates, &m)
		return m, err
	}
	return nil, noArea(f.Geometry.Type)
}

func noArea(kind string) error {
	return fmt.Errorf("it is of type %q: use Polygon or MultiPolygon", kind)
}

// check refuses what isn't the outline of an area.
func check(m orb.MultiPolygon) error {
	rings := 0
	for _, p := range m {
		for _, r := range p {
			rings++
			if len(r) < 4 || r[0] != r[len(r)-1] {
				return fmt.Errorf("a ring has %d points, and its last is its first: %v; a ring needs four, and an end where it begins", len(r), len(r) > 0 && r[0] == r[len(r)-1])
			}
			for _, at := range r {
				if math.IsNaN(at[0]+at[1]) || math.IsInf(at[0]+at[1], 0) {
					return fmt.Errorf("a point is %v: it must be finite", at)
				}
			}
		}
	}
	if rings == 0 {
		return fmt.Errorf("it has no rings")
	}
	return nil
}
