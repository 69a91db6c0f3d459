// Asks docs/verify/verify.go; see asking.py for the lines.
package main

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"drive/verify"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if err := judge(strings.Split(lines.Text(), "\t")); err != nil {
			fmt.Println("refused", err)
		} else {
			fmt.Println("accepted")
		}
	}
}

func judge(fields []string) error {
	header := http.Header{}
	for place, name := range []string{"webhook-id", "webhook-timestamp", "webhook-signature"} {
		if fields[place] != "-" {
			header.Set(name, text(fields[place]))
		}
	}
	body := []byte(text(fields[3]))
	keys := verify.Keys{Secrets: strings.Fields(text(fields[4])), PublicKeys: strings.Fields(text(fields[5]))}
	seconds, _ := strconv.ParseInt(text(fields[7]), 10, 64)
	now := time.Unix(seconds, 0)
	if fields[6] == "-" {
		return verify.Signature(header, body, keys, now)
	}
	_, err := verify.Message(header, body, keys, text(fields[6]), now)
	return err
}

func text(field string) string {
	value, err := base64.StdEncoding.DecodeString(field)
	if err != nil {
		panic(err)
	}
	return string(value)
}
