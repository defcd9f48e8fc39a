package architecture

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

var (
	// codeBlock is what a document shows as it is.
	codeBlock = regexp.MustCompile("(?ms)^```.*?^```$")
	// target is where a link or a picture of Markdown or HTML leads.
	target = regexp.MustCompile(`\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"`)
	// elsewhere begins an address of another host.
	elsewhere = regexp.MustCompile(`^[a-z]+:`)
	// heading is the text of a heading.
	heading = regexp.MustCompile(`(?m)^#+ (.*)$`)
	// linked is a link in a heading, whose anchor has its text only.
	linked = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
	// unanchored is what an anchor lacks of its heading.
	unanchored = regexp.MustCompile(`[^\p{L}\p{N}_ -]`)
)

// Links between documents lead to what there is: a file, a folder, a heading.
func TestLinksOfDocuments(t *testing.T) {
	const root = "../../.."
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // a moment, on an idle machine
	defer cancel()
	out, err := exec.CommandContext(ctx, "git", "-C", root, "ls-files", "-z", "--", "*.md").Output()
	if err != nil {
		t.Skipf("git names no documents here: %v", err)
	}
	names := strings.Split(strings.TrimRight(string(out), "\x00"), "\x00")
	texts := make(map[string]string, len(names))
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = codeBlock.ReplaceAllString(string(text), "")
	}
	links := 0
	for name, text := range texts {
		for _, m := range target.FindAllStringSubmatch(text, -1) {
			link := m[1] + m[2]
			if elsewhere.MatchString(link) {
				continue
			}
			links++
			path, anchor, _ := strings.Cut(link, "#")
			to := name
			if path != "" {
				to = filepath.Join(filepath.Dir(name), path)
			}
			if _, err := os.Stat(filepath.Join(root, to)); err != nil {
				t.Errorf("%s leads to %s: %v", name, link, err)
			} else if anchor != "" && strings.HasSuffix(to, ".md") && !anchors(texts[to])[anchor] {
				t.Errorf("%s leads to %s: %s has no such heading", name, link, to)
			}
		}
	}
	if links < 100 {
		t.Errorf("only %d links were found", links)
	}
}

// anchors are the anchors of a document's headings, as GitHub makes them. Of headings that are alike
// the first alone has one here.
func anchors(text string) map[string]bool {
	all := map[string]bool{}
	for _, m := range heading.FindAllStringSubmatch(text, -1) {
		plain := strings.ToLower(linked.ReplaceAllString(m[1], "$1"))
		all[strings.ReplaceAll(unanchored.ReplaceAllString(plain, ""), " ", "-")] = true
	}
	return all
}
