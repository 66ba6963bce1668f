package keeper

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/policy"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/nostr"
)

// Keys of settings.
const (
	settingPreset = "preset"
	settingSocks  = "socks"
	settingLogs   = "log-level"
)

// setting is one thing a person may set.
type setting struct {
	key, value, about string
	check             func(string) error
}

// settings lists every setting with its default and one sentence.
var settings = []setting{
	{settingPreset, policy.DefaultPreset, "What a newly connected app may do, unless you say otherwise.", checkPreset},
	{settingSocks, "", "A SOCKS proxy (such as Tor at 127.0.0.1:9050) for every outgoing connection; takes effect at the next start.", checkSocks},
	{settingLogs, "info", "How much is logged: debug, info, warn or error.", checkLevel},
}

func checkPreset(v string) error {
	if _, ok := policy.Preset(v); !ok {
		return privyseal.E(privyseal.KindInvalid, "there is no preset “"+v+"”", "choose one of: "+strings.Join(policy.Presets(), ", "))
	}
	return nil
}

func checkSocks(v string) error {
	host, port, ok := strings.Cut(strings.TrimPrefix(v, "socks5://"), ":")
	if !ok || host == "" || port == "" {
		return privyseal.E(privyseal.KindInvalid, "“"+v+"” is not the address of a proxy", "for example: 127.0.0.1:9050")
	}
	return nil
}

func checkLevel(v string) error {
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, v) {
		return privyseal.E(privyseal.KindInvalid, "“"+v+"” is not a log level", "choose one of: debug, info, warn, error")
	}
	return nil
}

func findSetting(key string) (setting, error) {
	var names []string
	for _, s := range settings {
		if s.key == key {
			return s, nil
		}
		names = append(names, s.key)
	}
	return setting{}, privyseal.E(privyseal.KindNotFound, "there is no setting “"+key+"”", "the settings are: "+strings.Join(names, ", "))
}

// setting reads a value, or its default.
func (k *Keeper) setting(key string) string {
	s, err := findSetting(key)
	if err != nil {
		return ""
	}
	value := ""
	_ = k.store.View(context.Background(), func(r store.Reader) (err error) {
		value, err = r.Setting(key)
		return err
	})
	if value == "" {
		return s.value
	}
	return value
}

func (k *Keeper) settingInfo(s setting) control.SettingInfo {
	return control.SettingInfo{Key: s.key, Value: k.setting(s.key), Default: s.value, About: s.about}
}

func (k *Keeper) listSettings(context.Context, none) ([]control.SettingInfo, error) {
	out := []control.SettingInfo{}
	for _, s := range settings {
		out = append(out, k.settingInfo(s))
	}
	return out, nil
}

func (k *Keeper) getSetting(_ context.Context, n control.Name) (control.SettingInfo, error) {
	s, err := findSetting(n.Name)
	if err != nil {
		return control.SettingInfo{}, err
	}
	return k.settingInfo(s), nil
}

func (k *Keeper) setSetting(ctx context.Context, a control.SettingArgs) (control.SettingInfo, error) {
	s, err := findSetting(a.Key)
	if err != nil {
		return control.SettingInfo{}, err
	}
	if a.Value != "" {
		if err := s.check(a.Value); err != nil {
			return control.SettingInfo{}, err
		}
	}
	err = k.store.Update(ctx, func(tx store.Tx) error {
		if err := tx.SetSetting(a.Key, a.Value); err != nil {
			return err
		}
		return note(tx, privyseal.Record{Time: k.now(), Detail: "setting " + a.Key + " changed by command line"})
	})
	if err != nil {
		return control.SettingInfo{}, err
	}
	info := k.settingInfo(s)
	k.changed(info.Key, info.Value)
	return info, nil
}

func (k *Keeper) listRelays(context.Context, none) ([]control.RelayInfo, error) {
	return k.ears.infos(), nil
}

func (k *Keeper) addRelay(ctx context.Context, n control.Name) ([]control.RelayInfo, error) {
	url, err := nostr.NormalizeRelayURL(n.Name)
	if err != nil {
		return nil, privyseal.E(privyseal.KindInvalid, "“"+n.Name+"” is not the address of a relay: "+err.Error(), "for example: wss://relay.example")
	}
	if !k.ears.add(Relay{URL: url, Public: publicURL(url), Typed: true}) {
		return nil, privyseal.E(privyseal.KindConflict, "this relay is on the list already", "see: privyseal relays list")
	}
	if err := k.saveRelays(ctx, func(urls []string) []string { return append(urls, url) }, "relay added"); err != nil {
		return nil, err
	}
	k.listenAll()
	return k.ears.infos(), nil
}

func (k *Keeper) removeRelay(ctx context.Context, n control.Name) ([]control.RelayInfo, error) {
	url, err := nostr.NormalizeRelayURL(n.Name)
	if err != nil {
		return nil, privyseal.E(privyseal.KindInvalid, "“"+n.Name+"” is not the address of a relay", "see: privyseal relays list")
	}
	if len(k.ears.configured()) == 1 {
		return nil, privyseal.E(privyseal.KindConflict, "this is the only relay; without it no app reaches the signer", "add another one first: privyseal relays add wss://relay.example")
	}
	if !k.ears.remove(url, k.now()) {
		return nil, privyseal.E(privyseal.KindNotFound, "this relay is not on the list, or it is the own one", "see: privyseal relays list")
	}
	drop := func(urls []string) []string {
		return slices.DeleteFunc(urls, func(u string) bool { return u == url })
	}
	if err := k.saveRelays(ctx, drop, "relay removed"); err != nil {
		return nil, err
	}
	return k.ears.infos(), nil
}

// saveRelays keeps the added relays. Those given at start are not kept.
func (k *Keeper) saveRelays(ctx context.Context, change func([]string) []string, detail string) error {
	return k.store.Update(ctx, func(tx store.Tx) error {
		raw, err := tx.Setting(settingRelays)
		if err != nil {
			return err
		}
		var urls []string
		if raw != "" {
			if err := json.Unmarshal([]byte(raw), &urls); err != nil {
				return err
			}
		}
		next, err := json.Marshal(change(urls))
		if err != nil {
			return err
		}
		if err := tx.SetSetting(settingRelays, string(next)); err != nil {
			return err
		}
		return note(tx, privyseal.Record{Time: k.now(), Detail: detail + " by command line"})
	})
}

// testFor is how long a relay may take to bring a request back.
const testFor = 5 * time.Second

// testRelays sends itself a request through every relay, or one, and times it.
func (k *Keeper) testRelays(ctx context.Context, n control.Name) ([]control.RelayInfo, error) {
	want := ""
	if n.Name != "" {
		var err error
		if want, err = nostr.NormalizeRelayURL(n.Name); err != nil {
			return nil, privyseal.E(privyseal.KindInvalid, "“"+n.Name+"” is not the address of a relay", "see: privyseal relays list")
		}
	}
	out := []control.RelayInfo{}
	for _, info := range k.ears.infos() {
		if want != "" && info.URL != want {
			continue
		}
		took, err := k.probe(ctx, info.URL)
		switch {
		case err != nil:
			info.Detail = err.Error()
		default:
			info.RoundTrip = float64(took.Microseconds()) / 1000
		}
		out = append(out, info)
	}
	if want != "" && len(out) == 0 {
		return nil, privyseal.E(privyseal.KindNotFound, "this relay is not on the list", "see: privyseal relays list")
	}
	return out, nil
}
