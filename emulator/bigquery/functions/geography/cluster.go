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
	lastClusters.key, lastClusters.numbers = key, geography.Cluster(list, key.distance, int(key.least))
	return lastClusters.numbers, nil
}
