// Package profile gives the emulators the times and the rates of Google Cloud.
//
// A Profile draws how long an operation takes from a distribution of cloud.json,
// and waits so long. cloud.json says of each figure where it is from, or that it is
// an assumption. An emulator without a profile answers as soon as it can.
//
// Draws are seeded. The n-th time of an operation depends on the seed, the
// operation and n, and on nothing else.
//
// What a statement reads makes it take longer, by the bytes that the emulator bills for.
// Options.Rows has tables count for as many rows as in a larger project. That is a model
// of the times alone: results are those of the rows that there are.
//
// A profile may run faster than the cloud, "cloud/20" twenty times as fast. All that
// has a length is divided by that: waits, minutes of a schedule, windows of a rate. The
// emulators' own work isn't, and comes on top.
//
// All methods work with a nil *Profile, which waits for nothing and refuses nothing.
package profile
