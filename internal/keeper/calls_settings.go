package keeper

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/policy"
	"github.com/privyseal/privyseal/internal/store"
)

// Keys of settings.
const (
	settingPreset  = "preset"
	settingSocks   = "socks"
	settingLogs    = "log-level"
	settingMetrics = "metrics"
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
	{settingSink, "", "Where the record of activity is confirmed outside this disk: file:/PATH, syslog: or relay:wss://HOST. While it fails, nothing is signed.", checkSink},
	{settingSinkEvery, "60s", "How often the record is confirmed there, at the least.", checkEvery},
	{settingSinkBehind, "5m,1000", "How far that may be behind before nothing is signed: an age, and a number of entries.", checkBehind},
	{settingMetrics, "", "An address for figures at /metrics (Prometheus), such as 127.0.0.1:9646; takes effect at the next start.", checkMetrics},
	{settingRateApp, "5000,10000", "How many requests of one app are taken in a second, and how many at once; above it they get a limit error.", checkRate},
	{settingRateRefused, "20,100", "The same for requests of an app that are asked, refused or invalid; above it they are not put on record.", checkRate},
	{settingRateIdentity, "10000,20000", "The same for all apps of one identity together.", checkRate},
	{settingRateStranger, "5,20", "How many events of one unknown key are opened in a second, and at once; the others are dropped.", checkRate},
	{settingRateReading, "600", "How many private texts an app may open in an hour, if you allowed it without a number, before you are asked once more.", checkReading},
	{settingLookUp, "on", "Whether the signer looks at your own relays for what a change would replace, so that it can say what would be lost: on or off.", checkOnOff},
	{settingNames, "", "Names you give people, shown instead of what they call themselves: Bea=npub1…, Tom=npub1….", checkNames},
	{settingTipLimit, "1000", "The most sats that one tip may be without a warning.", checkSats},
	{settingPayLimit, "0", "The most sats that one payment of your wallet may be without being asked, if you allowed payments; 0: every one is asked.", checkSats},
	{settingPayDaily, "10000", "How many sats your wallet may pay in a day, through this signer, before you are asked.", checkSats},
	{settingDeadMan, "", "After so many days (30d) without an answer, a change or an unlock by you, every app is paused and the vault locks, and nobody can log in or post with this signer until you unlock it and resume the apps. Off by default.", checkTimer},
	{settingTwoPeople, "", "What two different people have to say yes to, each time: kinds such as sign_event:5,sign_event:30023.", checkKinds},
	{settingVeto, "", "What is done only some time after your yes, so that anyone may stop it until then: kinds such as sign_event:5.", checkKinds},
	{settingVetoFor, "10m", "How long that is.", checkWait},
	{settingDomain, "", "The domain that passkeys are for, if not that of the public address; passkeys of another one stop working.", checkDomain},
	{settingOrigins, "", "Where the console's pages come from, if not from there: https://seal.example,https://other.example.", checkOrigins},
	{settingAnnounced, "on", "Whether apps may find this signer on relays, by its public address: on or off. Without such an address nothing is said.", checkOnOff},
	{settingPushHosts, "", "Push services of browsers that may be on your own network: host:port,host:port. All others have to be on the public internet.", checkHosts},
	{settingLanguage, "en", "The language in which you are asked and told what apps may do: en or es.", checkLanguage},
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

func checkOnOff(v string) error {
	if v != "on" && v != "off" {
		return privyseal.E(privyseal.KindInvalid, "“"+v+"” is neither on nor off", "choose one of: on, off")
	}
	return nil
}

func checkMetrics(v string) error {
	if _, port, ok := strings.Cut(v, ":"); !ok || port == "" || strings.ContainsAny(v, " /") {
		return privyseal.E(privyseal.KindInvalid, "“"+v+"” is not an address to listen on", "for example: 127.0.0.1:9646")
	}
	return nil
}

func checkDomain(v string) error {
	if strings.ContainsAny(v, "/: @") || strings.ToLower(v) != v {
		return privyseal.E(privyseal.KindInvalid, "“"+v+"” is not a domain", "for example: seal.example")
	}
	return nil
}

func checkOrigins(v string) error {
	for _, o := range strings.Split(v, ",") {
		u, err := url.Parse(o)
		secure := err == nil && (u.Scheme == "https" || u.Scheme == "http" && u.Hostname() == "localhost")
		if !secure || u.Host == "" || u.Scheme+"://"+u.Host != o {
			return privyseal.E(privyseal.KindInvalid, "“"+o+"” is not where a secure page comes from", "for example: https://seal.example")
		}
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
	if a.Key == settingSink {
		if err := k.useSink(ctx, a.Value); err != nil {
			return control.SettingInfo{}, err
		}
	}
	err = k.store.Update(ctx, func(tx store.Tx) error {
		if err := tx.SetSetting(a.Key, a.Value); err != nil {
			return err
		}
		return note(tx, privyseal.Record{Time: k.now(), Detail: "setting " + a.Key + " changed " + by(ctx)})
	})
	if err != nil {
		return control.SettingInfo{}, err
	}
	info := k.settingInfo(s)
	k.setBrakes()
	k.giveNames()
	k.setCare()
	k.setLanguage()
	k.nudgeHerald()
	k.changed(info.Key, info.Value)
	if f := k.careFindings(); a.Key == settingTwoPeople && len(f) > 0 {
		info.Note = f[0].Text + "; " + f[0].Fix
	}
	return info, nil
}
