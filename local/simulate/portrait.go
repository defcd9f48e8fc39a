package simulate

import (
	"fmt"
	"strings"
)

// sitter is how a candidate of the built-in ballot looks: shapes on a field of
// 96 by 96, drawn from the back to the front.
type sitter struct {
	skin, hair, cloth string
	behind            string // hair behind the head
	dress             string // over the shoulders
	front             string // hair, beard, glasses over the face
}

// The shapes use {skin}, {hair} and {cloth}, and {shade} for the skin's shadow.
var sitters = map[string]sitter{
	"rivera": {
		skin: "#d39b6f", hair: "#2b1d18", cloth: "#17324d",
		behind: `<path fill='{hair}' d='M28 44C25 16 71 16 68 44c0 10 4 18 1 27-6 4-36 4-42 0-3-9 1-17 1-27z'/>`,
		dress:  `<path fill='#f4efe6' d='M41 67l7 13 7-13 5 3-12 26-12-26z'/><path fill='{cloth}' d='M36 69l12 27H13c2-16 11-23 23-27zM60 69L48 96h35c-2-16-11-23-23-27z'/>`,
		front:  `<path fill='{hair}' d='M31 46c-2-17 7-25 18-25 12 0 18 10 16 25-2-7-6-13-12-16-5 6-16 6-22 16z'/>`,
	},
	"whitfield": {
		skin: "#f3d3ba", hair: "#8d8e8c", cloth: "#3c4248",
		dress: `<path fill='#ffffff' d='M40 67l8 9 8-9 4 3-12 18-12-18z'/><path fill='#8c2f1b' d='M45 77h6l2 15-5 4-5-4z'/><path fill='{cloth}' d='M37 69l11 27H12c2-16 12-24 25-27zM59 69L48 96h36c-2-16-12-24-25-27z'/>`,
		front: `<path fill='{hair}' d='M31 43c-3-15 6-24 18-24 13 0 19 8 16 24-1-6-2-9-5-12-8 2-18 1-24-3-3 5-4 9-5 15z'/>`,
	},
	"anand": {
		skin: "#b57a4c", hair: "#17130f", cloth: "#0d5c46",
		behind: `<circle fill='{hair}' cx='48' cy='17' r='9'/><path fill='{hair}' d='M30 46C27 18 69 18 66 46c0 6-36 6-36 0z'/>`,
		dress:  `<path fill='{cloth}' d='M41 67c1 9 13 9 14 0 15 3 26 11 28 29H13c2-18 13-26 28-29z'/><path fill='#d9a441' d='M41 67c1 9 13 9 14 0l4 1c-2 14-20 14-22 0z'/>`,
		front:  `<path fill='{hair}' d='M32 44c-1-15 6-22 16-22s17 7 16 22c-3-8-8-13-16-15-8 2-13 7-16 15z'/><g fill='none' stroke='#2a2320' stroke-width='1.6'><circle cx='41' cy='45' r='5.4'/><circle cx='55' cy='45' r='5.4'/><path d='M46.4 44.500h3.2'/></g>`,
	},
	"stroud": {
		skin: "#dfae88", hair: "#5b3a24", cloth: "#54606b",
		dress: `<path fill='{cloth}' d='M40 67c4 7 12 7 16 0 16 3 27 11 28 29H12c1-18 12-26 28-29z'/><path fill='#3d474f' d='M39 67c4 9 14 9 18 0l2 1c-4 12-18 12-22 0z'/>`,
		front: `<path fill='{hair}' d='M32 46c0 26 32 26 32 0-2 5-5 7-9 7-4-2-10-2-14 0-4 0-7-2-9-7z'/><path fill='#b4735c' d='M43 57.500c3 1.5 7 1.5 10 0-1 3.5-9 3.5-10 0z'/>`,
	},
	"okafor": {
		skin: "#7c4a30", hair: "#1c1512", cloth: "#9c3d2e",
		behind: `<path fill='{hair}' d='M48 11c19 0 27 14 24 29-2 10-8 14-8 14H32s-6-4-8-14C21 25 29 11 48 11z'/>`,
		dress:  `<path fill='{cloth}' d='M40 67l8 11 8-11c16 3 27 11 28 29H12c1-18 12-26 28-29z'/>`,
		front:  `<path fill='{hair}' d='M31 44c-1-13 6-22 17-22s18 9 17 22c-3-7-8-10-17-11-9 1-14 4-17 11z'/><circle cx='31' cy='55' r='2.2' fill='#e8c15a'/><circle cx='65' cy='55' r='2.2' fill='#e8c15a'/>`,
	},
}

// portrait draws a candidate of the built-in ballot on a field of their colour:
// a picture that needs no network.
func portrait(id, colour string) string {
	s, ok := sitters[id]
	if !ok {
		return ""
	}
	svg := fmt.Sprintf(`<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 96 96'><path fill='%s' d='M0 0h96v96H0z'/><path fill='#fff' fill-opacity='.48' d='M0 0h96v96H0z'/>`, colour) +
		s.behind + body + s.dress + head + s.front + `</svg>`
	svg = strings.NewReplacer("{skin}", s.skin, "{shade}", shade, "{hair}", s.hair, "{cloth}", s.cloth).Replace(svg)
	// What an address may not hold, and no more: each of them costs two bytes.
	return "data:image/svg+xml," + strings.NewReplacer("%", "%25", "#", "%23", "<", "%3C", ">", "%3E").Replace(svg)
}

// What all sitters have.
const (
	body = `<path fill='{skin}' d='M40 56h16v12l-8 15-8-15z'/><path fill='{shade}' fill-opacity='.18' d='M40 60c5 5 11 5 16 0v5c-4 4-12 4-16 0z'/>`
	head = `<circle fill='{skin}' cx='31.5' cy='47' r='3.6'/><circle fill='{skin}' cx='64.5' cy='47' r='3.6'/>` +
		`<path fill='{skin}' d='M32 41c0-11 7-17 16-17s16 6 16 17c0 14-7 23-16 23s-16-9-16-23z'/>` +
		`<g fill='#241a16'><circle cx='41.5' cy='45' r='1.7'/><circle cx='54.5' cy='45' r='1.7'/></g>` +
		`<g fill='none' stroke='{shade}' stroke-linecap='round' stroke-width='1.5'>` +
		`<path stroke-opacity='.7' d='M38 40.500c2-1.5 5-1.5 7-.4M51 40.100c2-1.1 5-1.1 7 .4'/>` +
		`<path stroke-opacity='.4' d='M48 46v5.500c0 1-1.5 1.3-2.2.8'/>` +
		`<path stroke-opacity='.75' d='M43 57c3 2.4 7 2.4 10 0'/></g>`
	shade = "#3a1f12"
)
