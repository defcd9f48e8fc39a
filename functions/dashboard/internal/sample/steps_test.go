package sample

import (
	"maps"
	"testing"
)

func TestStep(t *testing.T) {
	type votes map[string]int64
	for name, tc := range map[string]struct{ shown, counted, want votes }{
		"too few":                 {nil, votes{"a": 12, "b": 7}, nil},
		"enough for both":         {nil, votes{"a": 15, "b": 5}, votes{"a": 8, "b": 2}},
		"all alike":               {nil, votes{"a": 20}, votes{"a": 10}},
		"not enough more":         {votes{"a": 10}, votes{"a": 29}, votes{"a": 10}},
		"a single one stays back": {votes{"a": 90}, votes{"a": 100, "b": 20, "c": 1}, votes{"a": 97, "b": 14}},
		"few have gone":           {votes{"a": 30}, votes{"a": 21}, votes{"a": 30}},
		"many have gone":          {votes{"a": 30}, votes{"a": 20}, votes{"a": 20}},
		"few would be left":       {votes{"a": 30}, votes{"a": 9}, nil},
		"many change their minds": {votes{"a": 31, "b": 5}, votes{"a": 21, "b": 25}, votes{"a": 21, "b": 15}},
	} {
		if got := step(tc.shown, tc.counted, 10); !maps.Equal(tc.want, got) {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
	}
}
