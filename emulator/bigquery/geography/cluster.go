package geography

// Cluster numbers clusters by DBSCAN, in the order in which their first core value comes: a
// core value has a number of values within a distance in meters of it, itself among them. The
// number is -1 for noise, for nil and for empty values
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/geography_functions#st_clusterdbscan).
func Cluster(list []*Geography, distance float64, least int) []int {
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
func neighbors(list []*Geography, distance float64) [][]int {
	near := make([][]int, len(list))
	for i, g := range list {
		if g == nil || g.Empty() {
			continue
		}
		near[i] = append(near[i], i)
		for j, h := range list[:i] {
			if h != nil && !h.Empty() && Distance(g, h) <= distance {
				near[i], near[j] = append(near[i], j), append(near[j], i)
			}
		}
	}
	return near
}
