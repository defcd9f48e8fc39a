package faults

import (
	"encoding/binary"
	"fmt"
	"strings"
	"time"
)

// copyHead is how long the head of COPY's binary format is, without an extension.
const copyHead = 19

// shiftCopy adds to the ingest time of the rows of a COPY in binary format.
func shiftCopy(sql string, rows []byte, by time.Duration) error {
	_, list, _ := strings.Cut(sql, "(")
	list, _, _ = strings.Cut(list, ")")
	column := -1
	for i, name := range strings.Split(list, ", ") {
		if name == "ingested_at" {
			column = i
		}
	}
	if column < 0 || len(rows) < copyHead {
		return fmt.Errorf("%q copies no ingested_at to shift", sql)
	}
	for at := copyHead; at+2 <= len(rows); {
		fields := int(int16(binary.BigEndian.Uint16(rows[at:])))
		at += 2
		for i := range fields { // none at the end
			size := int(int32(binary.BigEndian.Uint32(rows[at:])))
			at += 4
			if i == column {
				value := rows[at : at+8]
				binary.BigEndian.PutUint64(value, binary.BigEndian.Uint64(value)+uint64(by.Microseconds()))
			}
			at += max(0, size)
		}
	}
	return nil
}
