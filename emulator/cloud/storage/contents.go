package storage

import (
	"crypto/md5"
	"encoding/base64"
	"hash"
	"hash/crc32"
	"io"
	"os"
)

// contents is the folder with what objects contain, a file each.
type contents string

// content is what an object contains: a file, with its size and checksums in base64.
type content struct {
	file   string
	size   int64
	md5    string
	crc32c string
}

// writer writes a content, possibly in several parts.
type writer struct {
	content
	md5, crc hash.Hash
}

func (c contents) create() (*writer, error) {
	f, err := os.CreateTemp(string(c), "object-*")
	if err != nil {
		return nil, err
	}
	return &writer{content: content{file: f.Name()}, md5: md5.New(), crc: crc32.New(crc32.MakeTable(crc32.Castagnoli))}, f.Close()
}

// append adds what r has, and says how much of it was written also where it fails.
func (w *writer) append(r io.Reader) error {
	f, err := os.OpenFile(w.file, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	n, err := io.Copy(io.MultiWriter(f, w.md5, w.crc), r)
	w.size += n
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}

// done is the content that was written.
func (w *writer) done() content {
	c := w.content
	c.md5 = base64.StdEncoding.EncodeToString(w.md5.Sum(nil))
	c.crc32c = base64.StdEncoding.EncodeToString(w.crc.Sum(nil))
	return c
}

// write makes a content of all that r has.
func (c contents) write(r io.Reader) (content, error) {
	w, err := c.create()
	if err != nil {
		return content{}, err
	}
	if err := w.append(r); err != nil {
		w.remove()
		return content{}, err
	}
	return w.done(), nil
}

// duplicate is a content of its own with the same bytes.
func (c contents) duplicate(of content) (content, error) {
	f, err := os.Open(of.file)
	if err != nil {
		return content{}, err
	}
	defer f.Close()
	return c.write(f)
}

// remove deletes the file. Whoever reads it reads on. A file that can't be deleted only
// takes space.
func (c content) remove() { _ = os.Remove(c.file) }
