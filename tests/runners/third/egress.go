package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	pb "starlark-runner/runnerpb/runner/v1"
)

const mostRedirects = 5

// exceptions are the operator's: what may be private. `host`, `host:port`, address or CIDR.
type exceptions struct {
	names    map[string]bool
	networks []netip.Prefix
}

func readExceptions(text string) (*exceptions, error) {
	read := &exceptions{names: map[string]bool{}}
	for _, entry := range strings.Split(text, ",") {
		entry = strings.ToLower(strings.TrimSpace(entry))
		if prefix, err := netip.ParsePrefix(entry); err == nil {
			read.networks = append(read.networks, prefix)
		} else if strings.Contains(entry, "/") {
			return nil, fmt.Errorf("INDAG_RUNNER_PRIVATE_HOSTS: %q is no CIDR, such as 10.0.0.0/8", entry)
		} else if entry != "" {
			read.names[entry] = true
		}
	}
	return read, nil
}

func (e *exceptions) allow(host, port string, address netip.Addr) bool {
	for _, network := range e.networks {
		if network.Contains(address) {
			return true
		}
	}
	return e.names[host] || e.names[net.JoinHostPort(host, port)]
}

// The special-purpose registries of IANA; of IPv6 only 2000::/3 is public at all.
var denied = prefixes("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
	"192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
	"198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
var globalUnicast = netip.MustParsePrefix("2000::/3")

func prefixes(texts ...string) (all []netip.Prefix) {
	for _, text := range texts {
		all = append(all, netip.MustParsePrefix(text))
	}
	return all
}

func isPublic(address netip.Addr) bool {
	// A mapped address is not 2000::/3 and falls through to "no".
	if address.Is6() && !globalUnicast.Contains(address) {
		return false
	}
	for _, each := range denied {
		if each.Contains(address) {
			return false
		}
	}
	return true
}

// egress is the way out of one call.
type egress struct {
	exceptions *exceptions
	context    *pb.CallContext
	limits     *pb.Limits
	made       uint32
	report     func(*pb.OutgoingCall)
	transport  *http.Transport
}

func openEgress(allowed *exceptions, context *pb.CallContext, limits *pb.Limits, report func(*pb.OutgoingCall)) *egress {
	e := &egress{exceptions: allowed, context: context, limits: limits, report: report}
	// No proxy of the environment: it would connect in our place, unchecked.
	e.transport = &http.Transport{DialContext: e.dial, Proxy: nil, DisableCompression: true, ForceAttemptHTTP2: true}
	return e
}

func (e *egress) close() { e.transport.CloseIdleConnections() }

// dial checks the very address that is connected to, after names were resolved.
func (e *egress) dial(ctx context.Context, network, hostPort string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(hostPort)
	if err != nil {
		return nil, err
	}
	dialer := net.Dialer{Control: func(_, address string, _ syscall.RawConn) error {
		checked, err := netip.ParseAddrPort(address)
		if err != nil || !(isPublic(checked.Addr()) || e.exceptions.allow(host, port, checked.Addr().Unmap())) {
			return failf("egress-denied", "%s is at an address that is not public", host)
		}
		return nil
	}}
	return dialer.DialContext(ctx, network, hostPort)
}

// fetch does what the code asked for, redirects included.
func (e *egress) fetch(ctx context.Context, asked *fetchWord) fetched {
	target, err := url.Parse(asked.URL)
	if err != nil {
		return fetched{Failure: failf("exception", "%q is no address", cut(asked.URL, 100))}
	}
	method, body, headers, home := strings.ToUpper(asked.Method), asked.Body, asked.Headers, target.Host
	for hop := 0; hop <= mostRedirects; hop++ {
		answer, location := e.one(ctx, method, target, headers, body, target.Host == home)
		if answer.Failure != nil || location == "" {
			return answer
		}
		if target, err = target.Parse(location); err != nil {
			return fetched{Failure: failf("host-unreachable", "it redirects to what is no address")}
		}
		if answer.Status == 303 || answer.Status < 303 && method == "POST" {
			method, body = "GET", nil
		}
		if target.Host != home {
			// Once away, always away, and without what was meant for the first host.
			home, headers = "", map[string]string{}
		}
	}
	return fetched{Failure: failf("egress-denied", "More than %d redirects", mostRedirects)}
}

// one makes one request and reports it. location is where it redirects to.
func (e *egress) one(ctx context.Context, method string, target *url.URL, headers map[string]string, body *string, home bool) (answer fetched, location string) {
	began := time.Now()
	call := &pb.OutgoingCall{Protocol: "http", Method: method, Target: shown(target)}
	defer func() {
		call.DurationMs = uint32(time.Since(began).Milliseconds())
		if answer.Failure != nil {
			call.Error = answer.Failure.Reason + ": " + answer.Failure.Message
		}
		e.report(call)
	}()
	if refusal := e.check(target); refusal != nil {
		return fetched{Failure: refusal}, ""
	}
	request, refusal := e.request(ctx, method, target, headers, body, home)
	if refusal != nil {
		return fetched{Failure: refusal}, ""
	}
	response, err := e.transport.RoundTrip(request)
	if err != nil {
		return fetched{Failure: explain(ctx, target.Hostname(), err)}, ""
	}
	defer response.Body.Close()
	content, err := io.ReadAll(io.LimitReader(response.Body, int64(e.limits.ResponseBytes)+1))
	call.Status, call.ResponseBytes = uint32(response.StatusCode), uint64(len(content))
	call.RetryAfterMs = retryAfter(response.Header.Get("retry-after"))
	if err != nil {
		return fetched{Failure: explain(ctx, target.Hostname(), err)}, ""
	}
	if uint64(len(content)) > e.limits.ResponseBytes {
		return fetched{Failure: failf("egress-denied", "The answer is larger than %d bytes", e.limits.ResponseBytes)}, ""
	}
	received := map[string]string{}
	for name := range response.Header {
		received[strings.ToLower(name)] = response.Header.Get(name)
	}
	if response.StatusCode >= 301 && response.StatusCode <= 308 && response.StatusCode != 304 {
		location = response.Header.Get("location")
	}
	return fetched{Status: response.StatusCode, Headers: received, Body: content}, location
}

// check is passed by every request and every redirect.
func (e *egress) check(target *url.URL) *failure {
	if e.made++; e.made > e.limits.OutgoingCalls {
		return failf("egress-denied", "More than %d outgoing calls", e.limits.OutgoingCalls)
	}
	if target.Scheme != "http" && target.Scheme != "https" || target.User != nil {
		return failf("egress-denied", "An address must be http or https, without a user in it")
	}
	if !allows(e.context.GetHosts(), target) {
		return failf("egress-denied", "%s is not among the hosts of this source", target.Host)
	}
	return nil
}

// allows matches names, "*.suffix" and ":port"; without a port an entry means 80 and 443.
func allows(hosts []string, target *url.URL) bool {
	host, port := strings.TrimSuffix(strings.ToLower(target.Hostname()), "."), target.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[target.Scheme]
	}
	for _, entry := range hosts {
		name, wanted := strings.ToLower(entry), ""
		if at := strings.LastIndex(entry, ":"); at >= 0 && !strings.HasSuffix(entry, "]") && strings.Count(strings.Split(entry, "]")[0], ":") < 2 || strings.Contains(entry, "]:") {
			name, wanted = strings.ToLower(entry[:at]), entry[at+1:]
		}
		name = strings.Trim(name, "[]")
		if wanted != port && (wanted != "" || port != "80" && port != "443") {
			continue
		}
		if name == host || strings.HasPrefix(name, "*.") && strings.HasSuffix(host, name[1:]) {
			return true
		}
	}
	return false
}

// request puts together what is sent: the code's part, and the credentials that belong to its host.
func (e *egress) request(ctx context.Context, method string, target *url.URL, headers map[string]string, body *string, home bool) (*http.Request, *failure) {
	full, content, fields := *target, "", http.Header{"User-Agent": {"indag"}}
	if body != nil {
		content = *body
	}
	for name, value := range headers {
		switch strings.ToLower(name) {
		case "host", "connection", "content-length", "transfer-encoding", "upgrade", "te", "trailer", "expect":
			return nil, failf("egress-denied", "Header %s is set by the host", name)
		}
		fields.Set(name, value)
	}
	for _, credential := range e.context.GetCredentials() {
		if !home || !allows(credential.Hosts, target) {
			continue
		}
		value := credential.Prefix + credential.Value
		switch credential.Place {
		case pb.Credential_PLACE_HEADER:
			fields.Set(credential.Name, value)
		case pb.Credential_PLACE_QUERY:
			query := full.Query()
			query.Set(credential.Name, value)
			full.RawQuery = query.Encode()
		case pb.Credential_PLACE_BODY:
			var err error
			if content, err = withField(content, fields, credential.Name, value); err != nil {
				return nil, failf("exception", "Secret %s goes into the body, which is no JSON object", credential.Secret)
			}
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, full.String(), bytes.NewReader([]byte(content)))
	if err != nil {
		return nil, failf("exception", "The request cannot be made: method, address or header is malformed")
	}
	request.Header = fields
	return request, nil
}

func withField(content string, fields http.Header, name, value string) (string, error) {
	if strings.Contains(fields.Get("content-type"), "json") {
		object := map[string]any{}
		if err := json.Unmarshal([]byte(content), &object); err != nil {
			return "", err
		}
		object[name] = value
		text, err := json.Marshal(object)
		return string(text), err
	}
	form, err := url.ParseQuery(content)
	if err != nil {
		return "", err
	}
	form.Set(name, value)
	fields.Set("content-type", "application/x-www-form-urlencoded")
	return form.Encode(), nil
}

func explain(ctx context.Context, host string, err error) *failure {
	var refused *failure
	if errors.As(err, &refused) {
		return refused
	}
	if ctx.Err() != nil {
		return failf("timeout", "%s: the deadline came before the answer", host)
	}
	return failf("host-unreachable", "%s: no answer", host)
}

// shown is an address without user, query values and fragment.
func shown(target *url.URL) string {
	return cut((&url.URL{Scheme: target.Scheme, Host: target.Host, Path: target.Path}).String(), 500)
}

func retryAfter(text string) uint64 {
	if seconds, err := strconv.ParseUint(text, 10, 32); err == nil {
		return seconds * 1000
	}
	if at, err := http.ParseTime(text); err == nil && time.Until(at) > 0 {
		return uint64(time.Until(at).Milliseconds())
	}
	return 0
}
