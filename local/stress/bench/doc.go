// Package bench measures a running system: votes a second, the latency of a vote,
// the memory of the functions, the throughput of each stage alone, the effect of a
// surge, and what package cost calculates with.
//
// Every figure is of the whole system on one machine, emulators included; none
// carries over to the cloud, but for the latency of a system that is like the cloud
// (run.Options.Like), which is as good as the times of its profile.
package bench
