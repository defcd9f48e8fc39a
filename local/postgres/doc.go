// Package postgres runs a PostgreSQL server from an installation on this machine. The
// server is a child process with a folder of its own. It ends with this process.
package postgres
