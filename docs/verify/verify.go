// Package verify says whether a request is the registry's. Standard Webhooks 1.0: v1 (HMAC-SHA256) and v1a (Ed25519),
// over the raw body. Go 1.21 or later, standard library only. Test it with vectors.json.
package verify

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const tolerance = 300 // seconds, either way

var (
	// A dot in the id would let id, time and body be cut in another way.
	idForm   = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)
	timeForm = regexp.MustCompile(`^[0-9]{1,12}$`)
)

// Keys are what this endpoint holds. While keys are being changed, give the old and the new ones.
type Keys struct {
	Secrets    []string // whsec_…
	PublicKeys []string // whpk_…
}

// Message is nil, and an error given, unless the request is genuine and meant for this endpoint: answer 401 then, and
// keep nothing. The body is the bytes as they came; it is parsed only after it was verified.
func Message(header http.Header, body []byte, keys Keys, endpoint string, now time.Time) (map[string]any, error) {
	if err := Signature(header, body, keys, now); err != nil {
		return nil, err
	}
	type meantFor struct {
		Endpoint string `json:"endpoint"`
	}
	var bound struct {
		meantFor           // of messages of monitoring, which employers get
		Data     *meantFor `json:"data"`
	}
	var message map[string]any
	if err := errors.Join(json.Unmarshal(body, &bound), json.Unmarshal(body, &message)); err != nil {
		return nil, err
	}
	if bound.Data != nil {
		bound.meantFor = *bound.Data
	}
	if bound.Endpoint != endpoint {
		return nil, errors.New("it is meant for another endpoint")
	}
	return message, nil
}

// Signature looks at the signature and the time alone.
func Signature(header http.Header, body []byte, keys Keys, now time.Time) error {
	id, timestamp := header.Get("webhook-id"), header.Get("webhook-timestamp")
	if !idForm.MatchString(id) {
		return errors.New("webhook-id is missing or malformed")
	}
	if !timeForm.MatchString(timestamp) {
		return errors.New("webhook-timestamp is missing or malformed")
	}
	seconds, _ := strconv.ParseInt(timestamp, 10, 64)
	if off := now.Unix() - seconds; off > tolerance || off < -tolerance {
		return errors.New("more than five minutes off")
	}
	if len(keys.Secrets)+len(keys.PublicKeys) == 0 {
		return errors.New("no key is held")
	}
	signed := append([]byte(id+"."+timestamp+"."), body...)
	entries := strings.Split(header.Get("webhook-signature"), " ")
	if len(keys.Secrets) > 0 && !holds(keys.Secrets, given(entries, "v1"), signed, macHolds) {
		return errors.New("no v1 signature holds")
	}
	if len(keys.PublicKeys) > 0 && !holds(keys.PublicKeys, given(entries, "v1a"), signed, signatureHolds) {
		return errors.New("no v1a signature holds")
	}
	return nil
}

func given(entries []string, version string) (values [][]byte) {
	for _, entry := range entries {
		if text, found := strings.CutPrefix(entry, version+","); found {
			value, _ := base64.StdEncoding.DecodeString(text)
			values = append(values, value)
		}
	}
	return values
}

func holds(keys []string, values [][]byte, signed []byte, one func(key string, signed, value []byte) bool) bool {
	for _, key := range keys {
		for _, value := range values {
			if one(key, signed, value) {
				return true
			}
		}
	}
	return false
}

func macHolds(secret string, signed, value []byte) bool {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	mac := hmac.New(sha256.New, key)
	mac.Write(signed)
	return err == nil && hmac.Equal(mac.Sum(nil), value)
}

func signatureHolds(text string, signed, value []byte) bool {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(text, "whpk_"))
	return err == nil && len(key) == ed25519.PublicKeySize && ed25519.Verify(key, signed, value)
}
