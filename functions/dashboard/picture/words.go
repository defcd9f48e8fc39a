package picture

import "strings"

// Lines breaks a sentence into so many lines at most, none wider than room, and cuts what is longer.
func Lines(sentence string, size float64, bold bool, room float64, most int) []string {
	var list []string
	for _, word := range strings.Fields(sentence) {
		last := len(list) - 1
		if last >= 0 && Width(list[last]+" "+word, size, bold) <= room {
			list[last] += " " + word
			continue
		}
		if len(list) == most {
			list[last] = Cut(list[last]+" "+word, size, bold, room)
			break
		}
		list = append(list, Cut(word, size, bold, room))
	}
	return list
}

// Cut cuts a line that is wider than room, and ends it with an ellipsis.
func Cut(line string, size float64, bold bool, room float64) string {
	if Width(line, size, bold) <= room {
		return line
	}
	letters := []rune(line)
	for len(letters) > 0 && Width(string(letters)+"…", size, bold) > room {
		letters = letters[:len(letters)-1]
	}
	return strings.TrimSpace(string(letters)) + "…"
}
