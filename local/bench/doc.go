// Package bench measures a running system: how many votes a second it counts,
// how long a vote takes to the results, what the functions take of memory, and
// what each stage does on its own.
//
// Every figure is of the whole system on one machine, emulators included; none
// carries over to the cloud.
package bench
