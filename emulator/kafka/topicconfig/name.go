package topicconfig

import "fmt"

// CheckName applies Kafka's own rule for topic names.
func CheckName(name string) error {
	const maxLen = 249 // Kafka's limit: name and partition form a file name
	if name == "" || name == "." || name == ".." || len(name) > maxLen {
		return fmt.Errorf("topic name %q: want 1 to %d characters, but not . or .. alone", name, maxLen)
	}
	for _, r := range name {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '.', r == '_', r == '-':
		default:
			return fmt.Errorf("topic name %q: %q isn't allowed (letters, digits, '.', '_' and '-' are)", name, r)
		}
	}
	return nil
}
