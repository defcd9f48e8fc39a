package bench

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
)

// processorSeconds is what processes have had of the processors, by /proc. It is 0
// where there is none.
func processorSeconds(ids ...int) float64 {
	const ticks = 100 // a second, on every Linux
	const user = 11   // field after the name, which may have spaces in it
	var sum int64
	seen := map[int]bool{}
	for _, id := range ids {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", id))
		if err != nil || seen[id] {
			continue
		}
		seen[id] = true
		fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
		for _, field := range fields[user : user+2] {
			n, _ := strconv.ParseInt(string(field), 10, 64) // the kernel writes numbers
			sum += n
		}
	}
	return float64(sum) / ticks
}
