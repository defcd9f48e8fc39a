package functions

import "fmt"

// message is an error in BigQuery's own words, which reach the user as they are.
type message string

func (m message) Error() string { return string(m) }

// errorf words an error.
func errorf(format string, args ...any) error { return message(fmt.Sprintf(format, args...)) }
