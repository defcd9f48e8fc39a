//go:build !race

package bridge

// raceDetector says whether the race detector watches.
const raceDetector = false
