// Package run starts Tallystream on one machine: the emulators (or the real
// services that the environment names), the tables, the topics, the four
// functions over HTTP, and the schedule that calls two of them.
//
// The functions run as they do in the cloud, through functions-framework-go, in
// child processes of the same program: their memory can be measured, and killing
// one is a real kill. Tests may have them in their own process instead.
//
// It changes nothing in how the stages work: everything is told to them by their
// environment.
package run
