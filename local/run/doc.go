// Package run starts Tallystream on one machine: the emulators (or the real
// services that the environment names), the tables, the topics, the four
// functions over HTTP, and the schedule that calls two of them.
//
// The functions run through functions-framework-go, as in the cloud, in child
// processes of the same program: their memory can be measured, and they can be
// killed. Tests may run them in their own process instead.
//
// The stages are configured by their environment only.
package run
