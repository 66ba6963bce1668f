package effect_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/nostr"
)

var (
	now  = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	bea  = nostr.PubKey{31: 1}
	ours = nostr.PubKey{31: 2}
	left = int64(7900)
)

func facts() effect.Facts {
	return effect.Facts{
		Now:         now,
		App:         privyseal.App{ID: "app", Created: now.Add(-48 * time.Hour)},
		Own:         func(pk nostr.PubKey) bool { return pk == ours },
		RelayListed: func(url string) bool { return strings.HasSuffix(url, "mine.example") },
		Older:       effect.Older{DataApp: func(nostr.Kind, string) string { return "" }},
		People: effect.People{
			Me:            me,
			Known:         func(nostr.PubKey) bool { return true },
			Namesake:      func(string) bool { return false },
			WalletChanged: func(nostr.PubKey) bool { return false },
		},
		Habits: effect.Habits{
			Recent:    func(nostr.Kind, time.Duration) int { return 0 },
			KnownHost: func(host string) bool { return strings.HasPrefix(host, "f.") },
			Voted:     func(string) bool { return false },
		},
		Money: effect.Money{TipLimit: 5000, PayLimit: 5000, LeftToday: &left},
	}
}

// none are facts after a look that found no version before.
func none() effect.Facts {
	f := facts()
	f.HeadState = effect.HeadNone
	return f
}

// event is a request to sign; each tag is written "name value value".
func event(kind nostr.Kind, content string, tags ...string) *privyseal.Request {
	t := &nostr.Template{Kind: kind, CreatedAt: now.Unix(), Content: content}
	for _, tag := range tags {
		t.Tags = append(t.Tags, strings.Split(tag, " "))
	}
	return &privyseal.Request{Op: privyseal.OpSignEvent, Template: t}
}

func at(r *privyseal.Request, d time.Duration) *privyseal.Request {
	r.Template.CreatedAt += int64(d / time.Second)
	return r
}

func head(kind nostr.Kind, content string, tags ...string) *nostr.Event {
	t := event(kind, content, tags...).Template
	return &nostr.Event{Kind: kind, Content: content, Tags: t.Tags}
}

func many(n int, name string) []string {
	tags := make([]string, n)
	for i := range tags {
		tags[i] = fmt.Sprintf("%s %064x", name, i)
	}
	return tags
}

func codes(e effect.Effect) string {
	var cs []string
	for _, r := range e.Reasons {
		cs = append(cs, r.Code)
	}
	return strings.Join(cs, " ")
}

func TestEvents(t *testing.T) {
	young := facts()
	young.App.Created = now.Add(-24*time.Hour + 1)
	old := facts()
	old.App.Created = now.Add(-24 * time.Hour)
	checked := facts()
	checked.CheckedHost = "zap.kitchen"
	before := func(h *nostr.Event) effect.Facts { f := facts(); f.Head = h; return f }
	order := func(s string) effect.Facts { f := facts(); f.Opened = &s; return f }
	minute := at(event(27235, "", "u https://zap.kitchen/in", "method GET"), time.Minute)
	const login = "relay wss://mine.example"
	nsec := "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5"

	for name, c := range map[string]struct {
		r              *privyseal.Request
		f              effect.Facts
		level          string
		guard, blocked string
		reasons        string
	}{
		"note":                 {event(1, "gm"), facts(), "L1", "", "", ""},
		"note of a young app":  {event(1, "gm"), young, "L2", "", "", "young-app"},
		"a day old":            {event(1, "gm"), old, "L1", "", "", ""},
		"login of a young app": {event(22242, "", login, "challenge c"), young, "L0", "", "", ""},
		"serious, young app":   {event(5, "", "e x"), young, "L3", "", "", ""},
		"ten people":           {event(1, "", many(10, "p")...), facts(), "L1", "", "", ""},
		"eleven people":        {event(1, "", many(11, "p")...), facts(), "L2", "", "", "mentions-many"},
		"4 KB of odd tags":     {event(1, "", "odd "+strings.Repeat("x", 4<<10-3)), facts(), "L1", "", "", ""},
		"more of odd tags":     {event(1, "", "odd "+strings.Repeat("x", 4<<10-2)), facts(), "L2", "", "", "big-tags"},
		"known tags, a letter": {event(1, "", "a "+strings.Repeat("x", 9<<10)), facts(), "L1", "", "", ""},
		"known tags, others":   {event(1, "", "content-warning "+strings.Repeat("x", 4<<10), "option "+strings.Repeat("x", 4<<10), "status "+strings.Repeat("x", 4<<10)), facts(), "L1", "", "", ""},
		"known tags":           {event(1, "", "alt "+strings.Repeat("x", 9<<10)), facts(), "L1", "", "", ""},
		"no more than L3":      {at(event(4, "", "odd "+strings.Repeat("x", 9<<10)), -time.Hour), young, "L3", "clock", "", "unseen leaks-receiver clock big-tags"},

		"clock, ten minutes":   {at(event(1, ""), 10*time.Minute), facts(), "L1", "", "", ""},
		"clock, ahead":         {at(event(1, ""), 10*time.Minute+time.Second), facts(), "L2", "clock", "", "clock"},
		"clock, behind":        {at(event(1, ""), -10*time.Minute-time.Second), facts(), "L2", "clock", "", "clock"},
		"note a day ahead":     {at(event(1, ""), 24*time.Hour), facts(), "L2", "clock", "", "clock"},
		"profile, 15 min":      {at(event(0, `{"name":"Ana"}`), 15*time.Minute), facts(), "L3", "clock", "", "unchecked clock"},
		"profile, more (T25)":  {at(event(0, `{"name":"Ana"}`), 15*time.Minute+time.Second), facts(), "L4", "clock", "future", "unchecked clock"},
		"article, more":        {at(event(30023, ""), 16*time.Minute), none(), "L4", "clock", "future", "clock"},
		"profile long ago":     {at(event(0, `{"name":"Ana"}`), -9000*time.Hour), facts(), "L3", "clock", "", "unchecked clock"},
		"nonsense stamp":       {&privyseal.Request{Op: privyseal.OpSignEvent, Template: &nostr.Template{Kind: 1, CreatedAt: -1 << 63}}, facts(), "L2", "clock", "", "clock"},
		"nonsense stamp ahead": {&privyseal.Request{Op: privyseal.OpSignEvent, Template: &nostr.Template{Kind: 0, Content: `{"name":"x"}`, CreatedAt: 1<<63 - 1}}, facts(), "L4", "clock", "future", "unchecked clock"},

		"relay login":            {event(22242, "", login, "challenge c"), facts(), "L0", "", "", ""},
		"foreign relay (T38)":    {event(22242, "", "relay wss://other.example", "challenge c"), facts(), "L2", "", "", "foreign-relay"},
		"no list":                {event(22242, "", login, "challenge c"), effect.Facts{Now: now, App: old.App}, "L2", "", "", "foreign-relay"},
		"login, no challenge":    {event(22242, "", login), facts(), "L4", "", "bad-login", ""},
		"login, empty challenge": {event(22242, "", login, "challenge "), facts(), "L4", "", "bad-login", ""},
		"login, no relay":        {event(22242, "", "challenge c"), facts(), "L4", "", "bad-login", ""},
		"login, two relays":      {event(22242, "", login, "relay wss://other.example", "challenge c"), facts(), "L4", "", "bad-login", ""},
		"login, not a relay":     {event(22242, "", "relay https://mine.example", "challenge c"), facts(), "L4", "", "bad-login", ""},
		"login with content":     {event(22242, "hi", login, "challenge c"), facts(), "L4", "", "bad-login", ""},
		"login, ten minutes":     {at(event(22242, "", login, "challenge c"), 10*time.Minute), facts(), "L0", "", "", ""},
		"login, old":             {at(event(22242, "", login, "challenge c"), -11*time.Minute), facts(), "L4", "clock", "clock", "clock"},

		"web login":           {event(27235, "", "u https://zap.kitchen/in", "method GET"), facts(), "L2", "", "", ""},
		"web login, late":     {at(event(27235, "", "u https://zap.kitchen/in", "method GET"), 61*time.Second), facts(), "L4", "", "clock", ""},
		"web login, a minute": {minute, facts(), "L2", "", "", ""},
		"web login, early":    {at(event(27235, "", "u https://zap.kitchen/in", "method GET"), -61*time.Second), facts(), "L4", "", "clock", ""},
		"web login, http":     {event(27235, "", "u http://zap.kitchen/in", "method GET"), facts(), "L4", "", "bad-login", ""},
		"web login, loopback": {event(27235, "", "u http://127.0.0.1:8080/in", "method GET"), facts(), "L2", "", "", ""},
		"web login, no host":  {event(27235, "", "u https:///in", "method GET"), facts(), "L4", "", "bad-login", ""},
		"web login, user@":    {event(27235, "", "u https://bank.example@evil.example/", "method GET"), facts(), "L4", "", "bad-login", ""},
		"web login, letters":  {event(27235, "", "u https://zаp.kitchen/", "method GET"), facts(), "L4", "", "bad-login", ""},
		"web login, two":      {event(27235, "", "u https://a.example", "u https://b.example", "method GET"), facts(), "L4", "", "bad-login", ""},
		"web login, method":   {event(27235, "", "u https://a.example"), facts(), "L4", "", "bad-login", ""},
		"web login elsewhere": {event(27235, "", "u https://bank.example/", "method GET"), checked, "L3", "", "", "different-site"},
		"web login at home":   {event(27235, "", "u https://ZAP.kitchen:443/", "method get"), checked, "L2", "", "", ""},
		"web change":          {event(27235, "", "u https://zap.kitchen/", "method POST", "payload ab"), checked, "L2", "", "", ""},
		"web change, unseen":  {event(27235, "", "u https://zap.kitchen/", "method POST"), checked, "L3", "", "", "no-body-hash"},

		"upload":          {event(24242, "", "t upload", "x ab", "server https://f.example", "expiration 1777636900"), facts(), "L1", "", "", ""},
		"upload anything": {event(24242, "", "t upload", "server f.example", "expiration 1777636900"), facts(), "L2", "", "", "no-file-hash"},
		"upload for long": {event(24242, "", "t upload", "x ab", "server f.example"), facts(), "L2", "", "", "long-lived"},
		"delete a file":   {event(24242, "", "t delete", "x ab", "expiration 1777636900"), facts(), "L3", "", "", "any-host"},
		"odd file verb":   {event(24242, "", "t own", "x ab", "expiration 1777636900"), facts(), "L3", "", "", "any-host"},
		"list elsewhere":  {event(24242, "", "t list", "server g.example", "expiration 1777636900"), facts(), "L2", "", "", ""},
		"list files":      {event(24242, "", "t list", "server f.example", "expiration 1777636900"), facts(), "L2", "", "", ""},

		"as signer (T40)":  {event(24133, "x"), facts(), "L4", "", "speaks-as-signer", ""},
		"vanish (T28)":     {event(62, ""), facts(), "L4", "", "vanish", ""},
		"unknown":          {event(2, ""), facts(), "L3", "", "", ""},
		"unknown replaces": {event(11337, ""), facts(), "L3", "", "", "replaces"},
		"unknown passing":  {event(20001, ""), facts(), "L3", "", "", "not-kept"},
		"secret":           {event(1, "my key "+nsec), facts(), "L4", "", "secret-in-text", ""},
		"secret in a tag":  {event(1, "", "alt "+nsec), facts(), "L4", "", "secret-in-text", ""},

		"delete ten":     {event(5, "", many(10, "e")...), facts(), "L3", "", "", ""},
		"delete eleven":  {event(5, "", many(11, "e")...), facts(), "L3", "deletes-many", "", "deletes-many"},
		"delete older":   {event(5, "", "a 30023:ab:x"), facts(), "L3", "", "", "all-older"},
		"delete profile": {event(5, "", "e x", "k 0"), facts(), "L3", "deletes-core", "", "deletes-core"},
		"delete places":  {event(5, "", "a 10002:ab:"), facts(), "L3", "deletes-core", "", "all-older deletes-core"},

		"sealed":               {event(13, "x"), facts(), "L3", "", "", "unseen"},
		"sealed with tags":     {event(13, "x", "p y"), facts(), "L3", "", "", "unseen sealed-tags"},
		"report":               {event(1984, "", "p "+bea.String()+" spam"), facts(), "L2", "", "", ""},
		"report a post":        {event(1984, "", "e ab illegal"), facts(), "L3", "", "", "illegal"},
		"report, no reason":    {event(1984, "", "p "+bea.String(), "l x illegal"), facts(), "L2", "", "", ""},
		"report illegal":       {event(1984, "", "p "+bea.String()+" illegal"), facts(), "L3", "", "", "illegal"},
		"twenty badges":        {event(8, "", many(20, "p")...), facts(), "L2", "", "", ""},
		"more badges":          {event(8, "", many(21, "p")...), facts(), "L3", "", "", "many-receivers"},
		"wallet order, sealed": {event(23194, "x"), facts(), "L4", "", "unreadable-wallet", ""},
		"wallet order, odd":    {event(23194, "x"), order(`{"params":{}}`), "L4", "", "unreadable-wallet", ""},
		"wallet, no amount":    {event(23194, "x"), order(`{"method":"pay_invoice","params":{"invoice":"lnbc1pj"}}`), "L4", "", "unreadable-wallet", ""},
		"wallet, many":         {event(23194, "x"), order(`{"method":"multi_pay_keysend","params":{}}`), "L4", "", "unreadable-wallet", ""},
		"wallet order, broken": {event(23194, "x"), order(`{"method":"get_balance","params":7}`), "L4", "", "unreadable-wallet", ""},
		"wallet balance":       {event(23194, "x"), order(`{"method":"get_balance","params":{}}`), "L3", "", "", ""},
		"wallet order":         {event(23194, "x"), order(`{"method":"pay_invoice","params":{"amount":2100000}}`), "L3", "", "", ""},

		"follows, not known":   {event(3, "", many(5, "p")...), facts(), "L3", "unchecked", "", "unchecked"},
		"follows, none left":   {event(3, ""), facts(), "L3", "empties", "", "unchecked empties"},
		"follows, added":       {event(3, "", many(50, "p")...), before(head(3, "", many(49, "p")...)), "L1", "", "", ""},
		"follows, three less":  {event(3, "", many(7, "p")...), before(head(3, "", many(10, "p")...)), "L1", "", "", ""},
		"follows, four less":   {event(3, "", many(96, "p")...), before(head(3, "", many(100, "p")...)), "L2", "", "", "replaces"},
		"follows, a tenth":     {event(3, "", many(36, "p")...), before(head(3, "", many(40, "p")...)), "L2", "", "", "replaces"},
		"follows, over tenth":  {event(3, "", many(35, "p")...), before(head(3, "", many(39, "p")...)), "L3", "removes-many", "", "removes-many"},
		"follows, nine less":   {event(3, "", many(991, "p")...), before(head(3, "", many(1000, "p")...)), "L2", "", "", "replaces"},
		"follows, ten less":    {event(3, "", many(990, "p")...), before(head(3, "", many(1000, "p")...)), "L3", "removes-many", "", "removes-many"},
		"follows, wiped (T26)": {event(3, ""), before(head(3, "", many(3, "p")...)), "L3", "empties", "", "empties"},

		"list, not known":    {event(10003, "", many(3, "e")...), facts(), "L2", "", "", "unchecked"},
		"list, added":        {event(10003, "", many(3, "e")...), before(head(10003, "", many(2, "e")...)), "L1", "", "", ""},
		"list, empty still":  {event(10003, "", "d x"), before(head(10003, "", "d x")), "L1", "", "", ""},
		"list, private kept": {event(10003, "sealed"), before(head(10003, "sealed")), "L1", "", "", "private-part"},
		"list, private gone": {event(10003, "", many(3, "e")...), before(head(10003, "sealed", many(3, "e")...)), "L3", "private-gone", "", "private-gone"},
		"mute, two less":     {event(10000, "", many(3, "p")...), before(head(10000, "", many(5, "p")...)), "L1", "", "", ""},
		"mute, ten less":     {event(10000, "", many(90, "p")...), before(head(10000, "", many(100, "p")...)), "L3", "removes-many", "", "removes-many"},
		"mute, three less":   {event(10000, "", many(3, "p")...), before(head(10000, "", many(6, "p")...)), "L2", "", "", "replaces"},

		"places, not known":     {event(10002, "", "r wss://a.mine.example"), facts(), "L3", "unchecked", "", "unchecked"},
		"places, one more":      {event(10002, "", "r wss://a.example", "r wss://b.mine.example"), before(head(10002, "", "r wss://a.example")), "L2", "", "", ""},
		"places, a strange one": {event(10002, "", "r wss://a.example", "r wss://b.example"), before(head(10002, "", "r wss://a.example")), "L3", "", "", "new-place"},
		"places, all replaced":  {event(10002, "", "r wss://b.mine.example"), before(head(10002, "", "r wss://a.example")), "L3", "removes-many", "", "removes-many"},
		"places, none":          {event(10002, ""), facts(), "L3", "empties", "", "empties"},
		"places, ten":           {event(10002, "", many(10, "r")...), before(head(10002, "", many(10, "r")...)), "L2", "", "", ""},
		"places, eleven":        {event(10002, "", many(11, "r")...), facts(), "L3", "", "", "too-many-places new-place uncompared"},

		"banks, not known":   {event(10019, "", "mint m"), facts(), "L3", "", "", "unchecked"},
		"article, not known": {event(30023, "text", "title Hi"), facts(), "L2", "", "", "unchecked"},
		"article, new":       {event(30023, "text", "title Hi"), none(), "L1", "", "", ""},
		"article, longer":    {event(30023, "texttext"), before(head(30023, "text")), "L1", "", "", "replaces"},
		"article, a fifth":   {event(30023, "t"), before(head(30023, "textt")), "L1", "", "", "replaces"},
		"article, under it":  {event(30023, "t"), before(head(30023, "textte")), "L3", "gutted", "", "replaces gutted"},
		"article, gutted":    {event(30023, "t"), before(head(30023, "texttext")), "L3", "gutted", "", "replaces gutted"},
		"settings":           {event(30078, "x"), facts(), "L1", "", "", ""},
		"settings emptied":   {event(30078, ""), facts(), "L2", "", "", "empties"},
		"settings, both":     {event(30078, ""), before(head(30078, "")), "L1", "", "", ""},

		"profile, not known": {event(0, `{"name":"Ana","lud16":"x9@pay.example"}`), facts(), "L3", "unchecked", "", "unchecked wallet"},
		"profile, broken":    {event(0, `Ana`), facts(), "L3", "empties", "", "empties"},
		"profile, null":      {event(0, `null`), facts(), "L3", "empties", "", "empties"},
		"profile, emptied":   {event(0, `{"name":""}`), facts(), "L3", "empties", "", "empties"},
		"profile, more":      {event(0, `{"name":"Ana","about":"hi"}`), before(head(0, `{"name":"Ana"}`)), "L2", "", "", ""},
		"profile, less":      {event(0, `{"name":"Ana"}`), before(head(0, `{"name":"Ana","about":"hi","picture":"x"}`)), "L3", "erases", "", "erases"},
		"profile, tips":      {event(0, `{"lud16":"b@x.example"}`), before(head(0, `{"lud16":"a@x.example"}`)), "L3", "wallet", "", "wallet"},
	} {
		t.Run(name, func(t *testing.T) {
			e := effect.Of(c.r, c.f)
			if e.Level.String() != c.level || e.Guard != c.guard || e.Blocked != c.blocked || codes(e) != c.reasons {
				t.Errorf("%v guard %q blocked %q reasons %q", e.Level, e.Guard, e.Blocked, codes(e))
			}
		})
	}
}

// How far off a stamp is, in seconds: beyond a year, a year.
func TestStamps(t *testing.T) {
	const year = 31_622_400
	for at, want := range map[int64]int64{
		now.Unix() + 601: 601, now.Unix() - 601: -601, now.Unix() + year - 1: year - 1, now.Unix() - year + 1: 1 - year,
		now.Unix() + year + 1: year, 1<<63 - 1: year, 0: -year, -1 << 63: -year,
	} {
		r := event(1, "")
		r.Template.CreatedAt = at
		if e := effect.Of(r, facts()); len(e.Reasons) != 1 || e.Reasons[0].N != want {
			t.Errorf("stamped %d: %+v", at, e.Reasons)
		}
	}
}

func TestSecureHost(t *testing.T) {
	for address, want := range map[string]string{
		"https://Zap.Kitchen:443/a": "zap.kitchen", "https://zap.kitchen:80": "zap.kitchen:80", "https://[fe80::1]:8443": "[fe80::1]:8443",
		"http://localhost:8080": "localhost:8080", "http://127.9.9.9:80": "127.9.9.9", "http://[::1]:443": "[::1]:443", "http://LOCALHOST": "localhost",
		"": "", "zap.kitchen": "", "https:///": "", "http:///": "", "https:zap.kitchen": "", "https://a@zap.kitchen": "", "ftp://zap.kitchen": "", "http://zap.kitchen": "",
		"https://zap kitchen": "", "https://zap\\kitchen": "", "https://[fe80::1%25a%20b]": "", "https://zap\x7f": "", "https://z\u00e4p": "", "https://z%C3%A4p": "", "://": "",
	} {
		if got, ok := effect.SecureHost(address); got != want || ok != (want != "") {
			t.Errorf("%q: %q, %v", address, got, ok)
		}
	}
}

// What a person knows a thing by: the first of these tags that it has once.
func TestTitles(t *testing.T) {
	for want, tags := range map[string][]string{
		"A": {"d D", "subject S", "name N", "title A"}, "N": {"d D", "subject S", "name N"}, "S": {"d D", "subject S"}, "D": {"d D", "subject x", "subject y"}, "": {"d", "t x"},
	} {
		if got := effect.Of(event(30311, "", tags...), facts()).Summary.Title; got != want {
			t.Errorf("%q: %q", tags, got)
		}
	}
}

func TestScopes(t *testing.T) {
	for name, c := range map[string]struct {
		r    *privyseal.Request
		want []string
	}{
		"relay":       {event(22242, "", "relay WSS://Mine.example:443/", "challenge c"), []string{"wss://mine.example", "mine.example"}},
		"web":         {event(27235, "", "u https://Zap.Kitchen:443/a?b", "method GET"), []string{"zap.kitchen"}},
		"web port":    {event(27235, "", "u https://zap.kitchen:8443", "method GET"), []string{"zap.kitchen:8443"}},
		"web v6":      {event(27235, "", "u http://[::1]:80/", "method GET"), []string{"[::1]"}},
		"bad web":     {event(27235, "", "u http://zap.kitchen", "method GET"), nil},
		"file":        {event(24242, "", "t upload", "server https://f.example/"), []string{"f.example"}},
		"many hosts":  {event(24242, "", "t upload", "server f.example", "server g.example"), nil},
		"any host":    {event(24242, "", "t upload"), nil},
		"note":        {event(1, "", "u https://zap.kitchen", "method GET"), nil},
		"read":        {&privyseal.Request{Op: privyseal.OpNip44Decrypt, Peer: bea}, []string{bea.String()}},
		"read, old":   {&privyseal.Request{Op: privyseal.OpNip04Decrypt, Peer: bea}, []string{bea.String()}},
		"write":       {&privyseal.Request{Op: privyseal.OpNip44Encrypt, Peer: bea}, []string{bea.String()}},
		"write, old":  {&privyseal.Request{Op: privyseal.OpNip04Encrypt, Peer: bea}, []string{bea.String()}},
		"control":     {&privyseal.Request{Op: privyseal.OpPing, Peer: bea}, nil},
		"no template": {&privyseal.Request{Op: privyseal.OpSignEvent}, nil},
	} {
		e := effect.Of(c.r, facts())
		if got := e.Scopes(); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestOtherOperations(t *testing.T) {
	f := facts()
	leak := "nostr+walletconnect://ab?relay=wss://r.example&secret=cd"
	opened := facts()
	opened.Opened = &leak
	for name, c := range map[string]struct {
		r                     *privyseal.Request
		f                     effect.Facts
		level, guard, blocked string
	}{
		"nil":                   {nil, f, "L4", "", "invalid"},
		"zero":                  {&privyseal.Request{}, f, "L4", "", "invalid"},
		"strange":               {&privyseal.Request{Op: 99}, f, "L4", "", "invalid"},
		"no template":           {&privyseal.Request{Op: privyseal.OpSignEvent}, f, "L4", "", "invalid"},
		"ping":                  {&privyseal.Request{Op: privyseal.OpPing}, effect.Facts{}, "L0", "", ""},
		"public key":            {&privyseal.Request{Op: privyseal.OpGetPublicKey}, f, "L0", "", ""},
		"read":                  {&privyseal.Request{Op: privyseal.OpNip44Decrypt, Peer: bea}, f, "L2", "", ""},
		"read own key (T34)":    {&privyseal.Request{Op: privyseal.OpNip44Decrypt, Peer: ours}, f, "L4", "", "own-key"},
		"write own key (T34)":   {&privyseal.Request{Op: privyseal.OpNip04Encrypt, Peer: ours}, f, "L4", "", "own-key"},
		"zero facts":            {&privyseal.Request{Op: privyseal.OpNip44Encrypt, Peer: bea}, effect.Facts{}, "L4", "", "own-key"},
		"nobody":                {&privyseal.Request{Op: privyseal.OpNip44Encrypt}, f, "L4", "", "invalid"},
		"read a secret":         {&privyseal.Request{Op: privyseal.OpNip44Decrypt, Peer: bea}, opened, "L4", "", "secret-in-text"},
		"write a secret":        {&privyseal.Request{Op: privyseal.OpNip44Encrypt, Peer: bea, Text: leak}, f, "L3", "secret-in-text", ""},
		"write something plain": {&privyseal.Request{Op: privyseal.OpNip44Encrypt, Peer: bea, Text: "hi"}, f, "L2", "", ""},
	} {
		e := effect.Of(c.r, c.f)
		if e.Level.String() != c.level || e.Guard != c.guard || e.Blocked != c.blocked {
			t.Errorf("%s: %v guard %q blocked %q", name, e.Level, e.Guard, e.Blocked)
		}
		if c.r == nil || c.r.Op != privyseal.OpSignEvent {
			if e.Kind != -1 {
				t.Errorf("%s: kind %d", name, e.Kind)
			}
		}
	}
}

func TestWalletAmounts(t *testing.T) {
	for order, want := range map[string]int64{
		`{"method":"pay_keysend","params":{"amount":2100000}}`:                         2100,
		`{"method":"pay_keysend","params":{"amount":1}}`:                               1,
		`{"method":"pay_keysend","params":{"amount":-5}}`:                              0,
		`{"method":"pay_invoice","params":{"invoice":"lnbc21u1pxyz"}}`:                 2100,
		`{"method":"pay_invoice","params":{"invoice":"LNBC21U1PXYZ"}}`:                 2100,
		`{"method":"pay_invoice","params":{"invoice":"lnbc2m1pxyz","amount":1000}}`:    200000,
		`{"method":"pay_invoice","params":{"invoice":"lntb10n1pxyz"}}`:                 1,
		`{"method":"pay_invoice","params":{"invoice":"lnbc50n1pxyz"}}`:                 5,
		`{"method":"pay_invoice","params":{"invoice":"lnbc10p1pxyz"}}`:                 1,
		`{"method":"pay_invoice","params":{"invoice":"lnbc10000p1pxyz"}}`:              1,
		`{"method":"pay_invoice","params":{"invoice":"lnbc10001p1pxyz"}}`:              2,
		`{"method":"pay_invoice","params":{"invoice":"lnbc110010p1pxyz"}}`:             12,
		`{"method":"pay_invoice","params":{"invoice":"lnbc31pxyz"}}`:                   300000000,
		`{"method":"pay_invoice","params":{"invoice":"lnbc1001pxyz"}}`:                 10_000_000_000,
		`{"method":"pay_invoice","params":{"invoice":"lnbc1011pxyz"}}`:                 0,
		`{"method":"pay_invoice","params":{"invoice":"lnbc100001m1pxyz"}}`:             0,
		`{"method":"pay_invoice","params":{"invoice":"lnbc1pxyz","amount":3000}}`:      3,
		`{"method":"pay_invoice","params":{"invoice":"lnbc99999999999999999991pxyz"}}`: 0,
		`{"method":"pay_invoice","params":{"invoice":"lnbc9999999999m1pxyz"}}`:         0,
		`{"method":"make_invoice","params":{"amount":2000}}`:                           2,
	} {
		f := facts()
		f.Opened = &order
		e := effect.Of(event(23194, "x"), f)
		if e.Summary.Amount != want || (want == 0) != (e.Blocked != "") {
			t.Errorf("%s: %d sats, blocked %q", order, e.Summary.Amount, e.Blocked)
		}
		if pays := strings.Contains(order, "pay_"); pays != (e.Act == effect.ActPay) {
			t.Errorf("%s: %s", order, e.Act)
		}
	}
}
