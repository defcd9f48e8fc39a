package bridge

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tallystream/tallystream/shared/drain"
)

// summary is what the drain answers, as far as it is known.
type summary struct{ drain.BridgeSummary }

func (s *summary) warn(format string, args ...any) {
	s.Warnings = note(s.Warnings, format, args...)
}

func (s *summary) fail(format string, args ...any) {
	s.Errors = note(s.Errors, format, args...)
}

// note adds a sentence to a list that doesn't have it yet.
func note(list []string, format string, args ...any) []string {
	sentence := fmt.Sprintf(format, args...)
	if len(list) >= maxNotes || slices.Contains(list, sentence) {
		return list
	}
	return append(list, sentence)
}

// sum is the summary at the end of a drain.
func (d *loop) sum(took time.Duration) drain.BridgeSummary {
	s := d.summary
	for _, e := range d.unfound {
		s.fail("%s", e)
	}
	if d.request.Replay != nil {
		s.Next = d.next()
		if len(d.parts) == 0 {
			s.warn("Kafka holds nothing of what was to be replayed")
		}
	}
	s.Messages, s.Records, s.Bytes = d.publisher.messages.Load(), d.publisher.records.Load(), d.publisher.bytes.Load()
	s.Partitions, s.Seconds, s.Held = len(d.parts), took.Seconds(), d.batcher.waited.Seconds()
	s.CaughtUp = d.discoverer.asked && len(s.Errors) == 0
	for _, name := range d.missing {
		s.warn("topic %q doesn't exist: create it or correct KAFKA_TOPICS", name)
	}
	for _, p := range d.parts {
		d.sumPartition(&s, p)
	}
	return s.BridgeSummary
}

// sumPartition enters what became of a partition.
func (d *loop) sumPartition(s *summary, p *partition) {
	reached, known := p.reached().Next, p.log.known()
	end := known.extent.End
	if d.request.Replay != nil {
		end = p.target
	} else if sentence := known.heldBack.Warning(p.TopicPartition, time.Now()); sentence != "" {
		s.warn("%s", sentence)
	}
	s.Lag += max(0, end-reached)
	if reached < p.target {
		s.CaughtUp = false
	}
	if err := p.err(); err != nil {
		var topic *topicError
		if errors.As(err, &topic) {
			s.fail("%v", topic)
		} else {
			s.fail("%s from offset %d on: %v", p.TopicPartition, reached, err)
		}
		s.CaughtUp = false
	}
}
