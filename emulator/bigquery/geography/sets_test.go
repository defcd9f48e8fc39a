package geography

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/golang/geo/s2"
)

// star is a random polygon around a center, of a number of corners; coarse ones have corners
// on a grid, so that they share vertices and edges with others.
func star(t *testing.T, r *rand.Rand, lng, lat, size float64, corners int, coarse bool) *Geography {
	t.Helper()
	for range 100 {
		var b strings.Builder
		first := ""
		for i := range corners {
			a := 2 * math.Pi * (float64(i) + 0.8*r.Float64()) / float64(corners)
			d := size * (0.3 + 0.7*r.Float64())
			x, y := lng+d*math.Cos(a), lat+d*math.Sin(a)
			if coarse {
				x, y = math.Round(x), math.Round(y)
			}
			if p := fmt.Sprintf("%v %v", x, y); i == 0 {
				first = p
			}
			fmt.Fprintf(&b, "%v %v, ", x, y)
		}
		if g, err := FromText("POLYGON(("+b.String()+first+"))", Options{}); err == nil {
			return g
		}
	}
	t.Fatal("no valid polygon")
	return nil
}

// The areas of union, intersection and differences add up, and a random point is in each of
// them as set theory says.
func TestSetsAgree(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	failed := 0
	for i := range 400 {
		coarse := i%2 == 0
		lng, lat := 360*r.Float64()-180, 140*r.Float64()-70
		if coarse {
			lng, lat = math.Round(lng), math.Round(lat)
		}
		a := star(t, r, lng, lat, 8, 3+r.IntN(8), coarse)
		b := star(t, r, lng+math.Round(6*r.Float64()-3), lat+math.Round(6*r.Float64()-3), 8, 3+r.IntN(8), coarse)
		union, err := Union(a, b)
		both, err2 := Intersection(a, b)
		onlyA, err3 := Difference(a, b)
		onlyB, err4 := Difference(b, a)
		for _, e := range []error{err, err2, err3, err4} {
			if e != nil {
				t.Logf("%d: %v\n%s\n%s", i, e, a.Text(), b.Text())
				failed++
			}
		}
		if err != nil || err2 != nil || err3 != nil || err4 != nil {
			continue
		}
		whole := a.Area() + b.Area()
		for what, off := range map[string]float64{
			"union and intersection": union.Area() + both.Area() - whole,
			"a":                      onlyA.Area() + both.Area() - a.Area(),
			"b":                      onlyB.Area() + both.Area() - b.Area(),
		} {
			if math.Abs(off) > 1e-9*whole {
				t.Errorf("%d: the area of %s is %g off\n%s\n%s", i, what, off/whole, a.Text(), b.Text())
			}
		}
		for range 50 {
			p := Point(randomNear(r, lng, lat))
			inA, inB := Intersects(a, p), Intersects(b, p)
			if got, want := fmt.Sprint(Intersects(union, p), Intersects(both, p), Intersects(onlyA, p), Intersects(onlyB, p)),
				fmt.Sprint(inA || inB, inA && inB, inA && !inB, inB && !inA); got != want {
				t.Errorf("%d: %s is in union, intersection and differences: %s, want %s\n%s\n%s", i, p.Text(), got, want, a.Text(), b.Text())
			}
		}
		if got, want := Intersects(a, b), !both.Empty(); got != want {
			t.Errorf("%d: Intersects is %v, and the intersection %s", i, got, both.Text())
		}
	}
	if failed > 0 {
		t.Errorf("%d set operations failed", failed)
	}
}

func randomNear(r *rand.Rand, lng, lat float64) s2.Point {
	p, err := FromDegrees(lng+20*r.Float64()-10, max(-90, min(90, lat+20*r.Float64()-10)))
	if err != nil {
		panic(err)
	}
	return p
}

// Distance is the least of those between all parts.
func TestDistanceIsTheLeast(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for i := range 200 {
		lng, lat := 360*r.Float64()-180, 140*r.Float64()-70
		a := star(t, r, lng, lat, 3, 3+r.IntN(40), false)
		b := star(t, r, lng+10, lat, 3, 3+r.IntN(40), false)
		least := math.Inf(1)
		for _, e := range a.segments() {
			for _, f := range b.segments() {
				p, q := s2.EdgePairClosestPoints(e.V0, e.V1, f.V0, f.V1)
				least = min(least, meters(p.Distance(q)))
			}
		}
		if got := Distance(a, b); math.Abs(got-least) > 1e-9*least {
			t.Errorf("%d: %v, want %v", i, got, least)
		}
	}
}
