package ledger

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/tallystream/tallystream/shared/kafka"
)

// fileVersion is written into a ledger's file; another one is an error.
const fileVersion = 1

// document is a ledger as JSON. Totals and Books are for readers of the file; they
// are worked out from the entries again when it is read.
type document struct {
	Version       int                `json:"tallystream_ledger"`
	Election      Election           `json:"election"`
	Totals        []Total            `json:"totals"`
	Books         map[string]Book    `json:"books"`
	Partitions    []documentPart     `json:"partitions"`
	Votes         []documentVote     `json:"votes"`
	Registrations []documentVoter    `json:"registrations"`
	Rejects       []documentRejected `json:"rejects"`
}

type documentPart struct {
	Topic     string `json:"topic"`
	TopicID   string `json:"topic_id,omitempty"`
	Partition int32  `json:"partition"`
}

// documentPosition names its partition by its index in document.Partitions.
type documentPosition struct {
	Part      int   `json:"p"`
	Offset    int64 `json:"o"`
	Timestamp int64 `json:"t"`
}

type documentVote struct {
	documentPosition
	Voter     string `json:"voter"`
	ID        string `json:"vote,omitempty"`
	Candidate string `json:"candidate"`
	Image     string `json:"image,omitempty"`
	Station   string `json:"station,omitempty"`
	VotedAt   int64  `json:"voted_at"`
}

type documentVoter struct {
	documentPosition
	Voter    string `json:"voter"`
	State    string `json:"state"`
	AgeGroup string `json:"age_group"`
	Gender   string `json:"gender"`
	County   string `json:"county,omitempty"`
	Precinct string `json:"precinct,omitempty"`
}

type documentRejected struct {
	documentPosition
	Reason string `json:"reason"`
}

// Write writes the ledger as JSON.
func (l *Ledger) Write(w io.Writer) error {
	doc := document{Version: fileVersion, Election: l.Election, Totals: l.Totals(), Books: l.Books()}
	index := map[kafka.TopicPartition]int{}
	at := func(p Position) documentPosition {
		i, ok := index[p.TopicPartition]
		if !ok {
			i = len(doc.Partitions)
			index[p.TopicPartition] = i
			doc.Partitions = append(doc.Partitions, documentPart(p.TopicPartition))
		}
		return documentPosition{i, p.Offset, p.Timestamp}
	}
	for _, v := range l.Votes {
		doc.Votes = append(doc.Votes,
			documentVote{at(v.Position), v.VoterID, v.VoteID, v.Candidate, v.Image, v.Station, v.VotedAt})
	}
	for _, r := range l.Registrations {
		doc.Registrations = append(doc.Registrations,
			documentVoter{at(r.Position), r.VoterID, r.State, r.AgeGroup, r.Gender, r.County, r.Precinct})
	}
	for _, r := range l.Rejects {
		doc.Rejects = append(doc.Rejects, documentRejected{at(r.Position), r.Reason})
	}
	return json.NewEncoder(w).Encode(&doc)
}

// Read reads what Write wrote.
func Read(r io.Reader) (*Ledger, error) {
	var doc document
	if err := json.NewDecoder(r).Decode(&doc); err != nil {
		return nil, fmt.Errorf("not a ledger, which simulate --ledger writes: %w", err)
	}
	if doc.Version != fileVersion {
		return nil, fmt.Errorf("not a ledger of version %d, which simulate --ledger of this program writes: tallystream_ledger is %d", fileVersion, doc.Version)
	}
	l := &Ledger{Election: doc.Election}
	var bad error
	at := func(p documentPosition) Position {
		if p.Part < 0 || p.Part >= len(doc.Partitions) {
			bad = fmt.Errorf("damaged ledger: offset %d names partition %d of %d", p.Offset, p.Part, len(doc.Partitions))
			return Position{}
		}
		part := doc.Partitions[p.Part]
		return At(kafka.TopicPartition(part), p.Offset, p.Timestamp)
	}
	for _, v := range doc.Votes {
		l.Votes = append(l.Votes, Vote{at(v.documentPosition), v.Voter, v.ID, v.Candidate, v.Image, v.Station, v.VotedAt})
	}
	for _, r := range doc.Registrations {
		l.Registrations = append(l.Registrations,
			Registration{at(r.documentPosition), r.Voter, r.State, r.AgeGroup, r.Gender, r.County, r.Precinct})
	}
	for _, r := range doc.Rejects {
		l.Rejects = append(l.Rejects, Reject{at(r.documentPosition), r.Reason})
	}
	if bad != nil {
		return nil, bad
	}
	return l, nil
}

// WriteFile writes the ledger to a file. The file appears when it is complete.
func (l *Ledger) WriteFile(name string) (err error) {
	partial := name + ".partial"
	f, err := os.Create(partial)
	if err != nil {
		return fmt.Errorf("write the ledger: %w", err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	err = errors.Join(l.Write(w), w.Flush(), f.Close())
	if err == nil {
		err = os.Rename(partial, name)
	}
	if err != nil {
		os.Remove(partial)
		return fmt.Errorf("write the ledger to %s: %w", name, err)
	}
	return nil
}

// ReadFile reads a ledger from a file.
func ReadFile(name string) (*Ledger, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read the ledger, a file that simulate --ledger writes: %w", err)
	}
	defer f.Close()
	l, err := Read(bufio.NewReaderSize(f, 1<<20))
	if err != nil {
		return nil, fmt.Errorf("read the ledger from %s: %w", name, err)
	}
	return l, nil
}
