package geography

import (
	"database/sql/driver"
	"fmt"
	"strings"
	"sync"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/geography"
)

// cluster is the function that looks at all rows of a window.
var cluster = function.Group{
	Windows: map[string]function.Aggregate{"st_clusterdbscan": clusterWindow},
	Natives: []function.Native{{
		Name: "bq_geo_cluster", Args: function.Types{function.Text, function.Double, function.Integer, function.Integer},
		Result: function.Integer, Call: func(a []driver.Value) (any, error) {
			return named("ST_ClusterDBSCAN", func() (any, error) {
				numbers, err := clusters(clusterKey{a[0].(string), a[1].(float64), a[2].(int64)})
				if err != nil || numbers[a[3].(int64)-1] < 0 {
					return nil, err
				}
				return int64(numbers[a[3].(int64)-1]), nil
			})
		},
	}},
}

// absent stands for NULL in the list of a window.
const absent = "-"

// clusterWindow gives the native the values of the whole window, and the row's place among them.
func clusterWindow(a *function.AggregateCall) string {
	over := strings.TrimSuffix(a.Over, ")")
	list := fmt.Sprintf("list(coalesce(%s, '%s'))%s ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)", a.Args[0], absent, over)
	return fmt.Sprintf("bq_geo_cluster(array_to_string(%s, ' '), %s, %s, row_number()%s))", list, a.Args[1], a.Args[2], over)
}

// mostClustered is how many rows a window may have: each is compared with each.
const mostClustered = 5000

type clusterKey struct {
	list     string
	distance float64
	least    int64
}

// lastClusters is the answer for the window that was asked for last: the same for all its rows.
var lastClusters struct {
	sync.Mutex
	key     clusterKey
	numbers []int
}

func clusters(key clusterKey) ([]int, error) {
	lastClusters.Lock()
	defer lastClusters.Unlock()
	if lastClusters.numbers != nil && lastClusters.key == key {
		return lastClusters.numbers, nil
	}
	texts := strings.Fields(key.list)
	if len(texts) > mostClustered {
		return nil, function.Errorf("ST_CLUSTERDBSCAN of more than %d rows is not supported by this emulator", mostClustered)
	}
	if !(key.distance >= 0) || key.least < 0 {
		return nil, function.Errorf("epsilon and minimum_geographies must not be negative")
	}
	list := make([]value, len(texts))
	for i, text := range texts {
		if text == absent {
			continue
		}
		var err error
		if list[i], err = decode(text); err != nil {
			return nil, err
		}
	}
	lastClusters.key, lastClusters.numbers = key, dbscan(list, key.distance, int(key.least))
	return lastClusters.numbers, nil
}

// dbscan numbers clusters by DBSCAN, in the order in which their first core value comes: a
// core value has a number of values within a distance in meters of it, itself among them. The
// number is -1 for noise, for nil and for empty values
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/geography_functions#st_clusterdbscan).
func dbscan(list []value, distance float64, least int) []int {
	near := neighbors(list, distance)
	numbers := make([]int, len(list))
	for i := range numbers {
		numbers[i] = -1
	}
	core := func(i int) bool { return len(near[i]) > 0 && len(near[i]) >= least }
	next := 0
	for i := range list {
		if numbers[i] >= 0 || !core(i) {
			continue
		}
		numbers[i] = next
		for open := []int{i}; len(open) > 0; open = open[1:] {
			if !core(open[0]) {
				continue
			}
			for _, j := range near[open[0]] {
				if numbers[j] < 0 {
					numbers[j] = next
					open = append(open, j)
				}
			}
		}
		next++
	}
	return numbers
}

// neighbors are the values within a distance of each, itself among them.
func neighbors(list []value, distance float64) [][]int {
	near := make([][]int, len(list))
	for i, g := range list {
		if g == nil || g.Empty() {
			continue
		}
		near[i] = append(near[i], i)
		for j, h := range list[:i] {
			if h != nil && !h.Empty() && geography.Distance(g, h) <= distance {
				near[i], near[j] = append(near[i], j), append(near[j], i)
			}
		}
	}
	return near
}
