package topicconfig

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The checks return what is wrong with a value, or nothing.

// integer takes a number of so many bits, from lo to hi.
func integer(bits int, lo, hi int64) func(string) string {
	return func(v string) string {
		n, err := strconv.ParseInt(v, 10, bits)
		if err != nil {
			return fmt.Sprintf("Not a number of %d bits", bits)
		}
		if n < lo || n > hi {
			return fmt.Sprintf("Value must be from %d to %d", lo, hi)
		}
		return ""
	}
}

func gzipLevel(v string) string {
	if v == "-1" {
		return ""
	}
	return integer(32, 1, 9)(v)
}

func ratio(v string) string {
	if f, err := strconv.ParseFloat(v, 64); err != nil || !(f >= 0 && f <= 1) {
		return "Value must be a number from 0 to 1"
	}
	return ""
}

func boolean(v string) string {
	if !strings.EqualFold(v, "true") && !strings.EqualFold(v, "false") {
		return "Expected value to be either true or false"
	}
	return ""
}

func oneOf(values ...string) func(string) string {
	return func(v string) string {
		if !slices.Contains(values, v) {
			return "String must be one of: " + strings.Join(values, ", ")
		}
		return ""
	}
}

// listOf takes a list of some of the values, separated by commas.
func listOf(values ...string) func(string) string {
	return func(v string) string {
		for _, part := range List(v) {
			if problem := oneOf(values...)(part); problem != "" {
				return problem
			}
		}
		return ""
	}
}

// List returns the parts of a list, without the space around them.
func List(v string) []string {
	if v = strings.TrimSpace(v); v == "" {
		return nil
	}
	parts := strings.Split(v, ",")
	for i, part := range parts {
		parts[i] = strings.TrimSpace(part)
	}
	return parts
}

var partitionAndBroker = regexp.MustCompile(`^[0-9]+:[0-9]+$`)

// replicas takes the throttled replicas: none, all, or pairs of partition and broker.
// With one replica of each partition, nothing is replicated that a throttle could slow.
func replicas(v string) string {
	for _, part := range List(v) {
		if v != "*" && !partitionAndBroker.MatchString(part) {
			return "Must be the literal '*' or a list of replicas in the format [partitionId]:[brokerId]"
		}
	}
	return ""
}
