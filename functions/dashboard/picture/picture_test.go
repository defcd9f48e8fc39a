package picture

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"strings"
	"testing"
)

// drawn is a picture with one of everything.
func drawn(words string) *Picture {
	p := &Picture{Width: 200, Height: 120, Language: "en", Title: "<one> & \x01two", Paper: "#ffffff"}
	p.Rect(10, 10, 20, 20, "#ff0000")
	p.Rect(10, 40, 0, 20, "#ff0000")
	p.Circle(60, 20, 10, "#00ff00")
	p.Path(80, 10, 2, "M0 0h10v10h-10z", "#0000ff")
	p.Line(Stroke{Colour: "#ff00ff", Width: 4}, 10, 50, 100, 50)
	p.Line(Stroke{Colour: "#000000", Width: 4, Dashes: 10}, 10, 60, 100, 60)
	p.Area("#808000", 110, 10, 150, 10, 150, 50)
	p.Write(Words{X: 100, Y: 100, Size: 24, Bold: true, Colour: "#000000", Anchor: Middle, Text: words})
	return p
}

func TestPNGIsTheSVG(t *testing.T) {
	body, err := drawn("Müller\u00a0& Sons").PNG()
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	at := func(x, y int) [3]uint32 {
		r, g, b, _ := picture.At(x, y).RGBA()
		return [3]uint32{r >> 8, g >> 8, b >> 8}
	}
	for _, tc := range []struct {
		x, y int
		want [3]uint32
	}{
		{20, 20, [3]uint32{255, 0, 0}}, {5, 5, [3]uint32{255, 255, 255}}, {60, 20, [3]uint32{0, 255, 0}}, {90, 20, [3]uint32{0, 0, 255}},
		{50, 50, [3]uint32{255, 0, 255}}, {15, 60, [3]uint32{0, 0, 0}}, {25, 60, [3]uint32{255, 255, 255}}, {145, 20, [3]uint32{128, 128, 0}}, {115, 40, [3]uint32{255, 255, 255}},
	} {
		if got := at(tc.x, tc.y); got != tc.want {
			t.Errorf("at %d, %d: %v, want %v", tc.x, tc.y, got, tc.want)
		}
	}
	dark, left, right := 0, 200, 0
	for x := range 200 {
		for y := 75; y < 115; y++ {
			if at(x, y)[0] < 64 {
				dark, left, right = dark+1, min(left, x), max(right, x)
			}
		}
	}
	if dark < 200 || left+right < 190 || left+right > 210 {
		t.Errorf("the words have %d dark points from %d to %d, want them around 100", dark, left, right)
	}
}

func TestSVGIsXML(t *testing.T) {
	svg := drawn("a < b & \"c\" \x02大卫").SVG()
	var said strings.Builder
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v in %s", err, svg)
		}
		if text, is := token.(xml.CharData); is {
			said.Write(text)
		}
	}
	for _, want := range []string{"<one> & two", "a < b & \"c\" 大卫"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("it says %q, want %q in it", said.String(), want)
		}
	}
}

func TestUnwritable(t *testing.T) {
	var unwritable *UnwritableError
	if _, err := drawn("大卫").PNG(); !errors.As(err, &unwritable) || !strings.Contains(err.Error(), "大卫") {
		t.Errorf("error %v, want one that names the words", err)
	}
	for text, want := range map[string]bool{"Elena Müller": true, "Αθήνα": true, "Київ": true, "12,3\u00a0%": true, "▲ … – ’": true, "الرياض": false, "\xff": false} {
		if Writable(text) != want {
			t.Errorf("Writable(%q) is %v", text, !want)
		}
	}
}

func TestLines(t *testing.T) {
	lines := Lines("one two three four five six seven", 20, false, 100, 2)
	if len(lines) != 2 || !strings.HasSuffix(lines[1], "…") {
		t.Errorf("%q", lines)
	}
	for _, line := range append(lines, Cut("Llanfairpwllgwyngyll", 20, true, 100)) {
		if Width(line, 20, false) > 101 {
			t.Errorf("%q is %.0f wide", line, Width(line, 20, false))
		}
	}
	if got := Cut("short", 20, false, 100); got != "short" {
		t.Errorf("%q", got)
	}
}

// A parliament's map is hundreds of paths.
func BenchmarkPNG(b *testing.B) {
	p := &Picture{Width: 1200, Height: 900, Language: "en", Paper: "#ffffff"}
	for i := range 650 {
		p.Rect(float64(i%32)*36, float64(i/32)*36, 34, 34, "#0072b2")
	}
	for b.Loop() {
		if _, err := p.PNG(); err != nil {
			b.Fatal(err)
		}
	}
}
