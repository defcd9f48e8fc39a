package postgres

// MostLive is how many unsettled records readers see at most. The server looks at some 25,000
// records a second, on the cores that passes need, which settle some 40,000 a second after
// some tenths of one: over more records a pass is done before a look or a step would be. So
// over more the dashboard looks at none, and the aggregation takes no step and begins a pass
// at once.
const MostLive = 20_000
