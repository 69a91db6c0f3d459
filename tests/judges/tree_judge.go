// The packages golang.org/x/mod/sumdb (note, tlog) and github.com/transparency-dev/formats as judges of a log. On
// standard input JSON objects, each a question as tests/judges/asking_tree.py has it; on standard output, for each, what
// each package says: { "golang.org/x/mod": "accepted" }, or in its place why not. While it judges a log it asks for
// files of it, { "read": "checkpoint" }, and is answered on standard input, { "data": base64 }: null where there is none.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/transparency-dev/formats/log"
	cosigned "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	accepted  = "accepted"
	height    = 8
	mod       = "golang.org/x/mod"
	formats   = "transparency-dev/formats"
	ofTheLogs = "go.sum database tree\n" // the one origin that tlog reads trees of
)

type question struct {
	Kind      string
	Vkey      string
	Witnesses []string
	Entries   [][]byte
	Entry     []byte
	Index     int64
	Old       int64
	OldRoot   tlog.Hash `json:"old_root"`
	Size      int64
	Root      tlog.Hash
	Path      []tlog.Hash
}

var (
	in  = json.NewDecoder(os.Stdin)
	out = json.NewEncoder(os.Stdout)
)

func main() {
	for in.More() {
		var asked question
		must(in.Decode(&asked))
		must(out.Encode(verdicts(asked)))
	}
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func verdicts(asked question) map[string]string {
	switch asked.Kind {
	case "log":
		return map[string]string{mod: said(wholeLog(asked)), formats: said(signedBy(asked))}
	case "inclusion":
		return map[string]string{mod: said(tlog.CheckRecord(asked.Path, asked.Size, asked.Root, asked.Index, tlog.RecordHash(asked.Entry)))}
	case "consistency":
		return map[string]string{mod: said(tlog.CheckTree(asked.Path, asked.Size, asked.Root, asked.Old, asked.OldRoot))}
	}
	must(fmt.Errorf("no such question: %q", asked.Kind))
	return nil
}

func said(err error) string {
	if err != nil {
		return err.Error()
	}
	return accepted
}

func read(address string) ([]byte, error) {
	must(out.Encode(map[string]string{"read": address}))
	var answer struct{ Data []byte }
	must(in.Decode(&answer))
	if answer.Data == nil {
		return nil, fmt.Errorf("the log has no %s", address)
	}
	return answer.Data, nil
}

// wholeLog: the note and its key, the root over the entries, and every tile, proved against the root.
func wholeLog(asked question) error {
	verifier, err := note.NewVerifier(asked.Vkey)
	if err != nil {
		return err
	}
	raw, err := read("checkpoint")
	if err != nil {
		return err
	}
	opened, err := note.Open(raw, note.VerifierList(verifier))
	if err != nil {
		return err
	}
	_, rest, _ := strings.Cut(opened.Text, "\n")
	tree, err := tlog.ParseTree([]byte(ofTheLogs + rest))
	if err != nil {
		return err
	}
	if tree.N != int64(len(asked.Entries)) {
		return fmt.Errorf("%d entries in a tree of %d", len(asked.Entries), tree.N)
	}
	if err := rootOver(asked.Entries, tree); err != nil {
		return err
	}
	if tree.N == 0 { // it has no tiles, and tlog panics where it looks for them
		return nil
	}
	return leavesAre(asked.Entries, tree)
}

func rootOver(entries [][]byte, tree tlog.Tree) error {
	var stored []tlog.Hash
	hashes := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var found []tlog.Hash
		for _, index := range indexes {
			found = append(found, stored[index])
		}
		return found, nil
	})
	for number, entry := range entries {
		further, err := tlog.StoredHashes(int64(number), entry, hashes)
		if err != nil {
			return err
		}
		stored = append(stored, further...)
	}
	root, err := tlog.TreeHash(tree.N, hashes)
	if err == nil && root != tree.Hash {
		err = errors.New("another root than that over the entries")
	}
	return err
}

func leavesAre(entries [][]byte, tree tlog.Tree) error {
	var indexes []int64
	for number := range entries {
		indexes = append(indexes, tlog.StoredHashIndex(0, int64(number)))
	}
	leaves, err := tlog.TileHashReader(tree, tiles{}).ReadHashes(indexes)
	if err != nil {
		return err
	}
	for number, entry := range entries {
		if leaves[number] != tlog.RecordHash(entry) {
			return fmt.Errorf("entry %d is not the one in the tile", number)
		}
	}
	return nil
}

type tiles struct{}

func (tiles) Height() int { return height }

func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}

// ReadTiles: the addresses of C2SP tlog-tiles are those of tlog without the height.
func (tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, each := range wanted {
		data, err := read(strings.Replace(each.Path(), fmt.Sprintf("tile/%d/", height), "tile/", 1))
		if err != nil {
			return nil, err
		}
		found = append(found, data)
	}
	return found, nil
}

// signedBy: the checkpoint of the origin that the key is named after, and that every witness signed it.
func signedBy(asked question) error {
	verifier, err := note.NewVerifier(asked.Vkey)
	if err != nil {
		return err
	}
	var witnesses []note.Verifier
	for _, each := range asked.Witnesses {
		witness, err := witnessed(each)
		if err != nil {
			return err
		}
		witnesses = append(witnesses, witness)
	}
	raw, err := read("checkpoint")
	if err != nil {
		return err
	}
	checkpoint, _, opened, err := log.ParseCheckpoint(raw, verifier.Name(), verifier, witnesses...)
	if err != nil {
		return err
	}
	if len(opened.Sigs) != 1+len(witnesses) {
		return fmt.Errorf("%d of %d witnesses signed", len(opened.Sigs)-1, len(witnesses))
	}
	if checkpoint.Size != uint64(len(asked.Entries)) {
		return fmt.Errorf("%d entries in a tree of %d", len(asked.Entries), checkpoint.Size)
	}
	return nil
}

// witnessed: the package takes keys of witnesses as keys of kind 1, and works out their ids itself.
func witnessed(vkey string) (note.Verifier, error) {
	name, rest, _ := strings.Cut(vkey, "+")
	id, encoded, _ := strings.Cut(rest, "+")
	key, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || !bytes.HasPrefix(key, []byte{4}) {
		return nil, fmt.Errorf("no key of a witness: %s", vkey)
	}
	key[0] = 1
	return cosigned.NewVerifierForCosignatureV1(name + "+" + id + "+" + base64.StdEncoding.EncodeToString(key))
}
