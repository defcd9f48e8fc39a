// Package bench measures a running system: how many votes a second it counts,
// how long a vote takes to the results, what the functions take of memory, what
// each stage does on its own, and what a surge does to all of them.
//
// Every figure is of the whole system on one machine, emulators included; none
// carries over to the cloud.
package bench
