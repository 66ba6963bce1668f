package keeper

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/store"
)

type handler func(k *Keeper, ctx context.Context, args json.RawMessage, more func(any) error) (any, error)

// handlers has one entry a verb; an unknown verb is refused.
var handlers = map[string]handler{
	control.VerbStatus:           call(func(k *Keeper, ctx context.Context, _ none) (control.Status, error) { return k.status(ctx), nil }),
	control.VerbDiscovery:        call((*Keeper).discovery),
	control.VerbAlive:            call((*Keeper).alive),
	control.VerbIdentityAdd:      call((*Keeper).AddIdentity),
	control.VerbIdentityList:     call((*Keeper).listIdentities),
	control.VerbIdentityShow:     call((*Keeper).showIdentity),
	control.VerbIdentityRename:   call((*Keeper).renameIdentity),
	control.VerbIdentityExport:   call((*Keeper).exportIdentity),
	control.VerbIdentityRemove:   call((*Keeper).removeIdentity),
	control.VerbRecoveryMake:     call((*Keeper).makeRecovery),
	control.VerbRecoveryTry:      call((*Keeper).tryRecovery),
	control.VerbInvite:           call((*Keeper).invite),
	control.VerbAccept:           call((*Keeper).accept),
	control.VerbAcceptLook:       call((*Keeper).lookAtLink),
	control.VerbAcceptDecline:    call((*Keeper).decline),
	control.VerbAppsList:         call((*Keeper).listApps),
	control.VerbAppsShow:         call((*Keeper).showApp),
	control.VerbAppsPause:        call((*Keeper).pauseApp),
	control.VerbAppsResume:       call((*Keeper).resumeApp),
	control.VerbAppsRevoke:       call((*Keeper).revokeApp),
	control.VerbAppsAuthURL:      call((*Keeper).setSummons),
	control.VerbAppsGrant:        call((*Keeper).grantApp),
	control.VerbAppsStop:         call((*Keeper).stopRule),
	control.VerbAppsForget:       call((*Keeper).forgetRule),
	control.VerbAppsChange:       call((*Keeper).changeRule),
	control.VerbPolicyTry:        call((*Keeper).tryPolicy),
	control.VerbPolicyExport:     call((*Keeper).exportPolicy),
	control.VerbPolicyImport:     call((*Keeper).importPolicy),
	control.VerbPolicyLearn:      call((*Keeper).learnPolicy),
	control.VerbRequestsList:     call((*Keeper).listQuestions),
	control.VerbRequestsShow:     call((*Keeper).showQuestion),
	control.VerbRequestsBlocked:  call((*Keeper).listBlocked),
	control.VerbRequestsOpen:     call((*Keeper).openSummons),
	control.VerbRequestsWatch:    stream((*Keeper).watchQuestions),
	control.VerbRequestsApprove:  call((*Keeper).approve),
	control.VerbRequestsDeny:     call((*Keeper).deny),
	control.VerbActivityList:     call((*Keeper).listActivity),
	control.VerbActivityShow:     call((*Keeper).showActivity),
	control.VerbActivityExport:   stream((*Keeper).exportActivity),
	control.VerbActivityVersions: call((*Keeper).listVersions),
	control.VerbActivityUndo:     call((*Keeper).undo),
	control.VerbActivityVerify:   call((*Keeper).verifyActivity),
	control.VerbSettingsList:     call((*Keeper).listSettings),
	control.VerbSettingsGet:      call((*Keeper).getSetting),
	control.VerbSettingsLook:     call((*Keeper).lookAtSetting),
	control.VerbSettingsSet:      call((*Keeper).setSetting),
	control.VerbRelaysList:       call((*Keeper).listRelays),
	control.VerbRelaysAdd:        call((*Keeper).addRelay),
	control.VerbRelaysRemove:     call((*Keeper).removeRelay),
	control.VerbRelaysTest:       call((*Keeper).testRelays),
	control.VerbBackup:           stream((*Keeper).backup),
	control.VerbLock:             call((*Keeper).lock),
	control.VerbUnlock:           call((*Keeper).unlock),
	control.VerbPassphraseChange: call((*Keeper).changePassphrase),
	control.VerbPanic:            call((*Keeper).panicPause),

	control.VerbPeopleList:     call((*Keeper).listPeople),
	control.VerbPeopleInvite:   call((*Keeper).invitePerson),
	control.VerbPeopleRole:     call((*Keeper).setRole),
	control.VerbPeopleRemove:   call((*Keeper).removePerson),
	control.VerbPeopleSignOut:  call((*Keeper).signOutPerson),
	control.VerbPasskeyAdd:     call((*Keeper).addPasskey),
	control.VerbPasskeyRemove:  call((*Keeper).removePasskey),
	control.VerbAppsPage:       call((*Keeper).pageApps),
	control.VerbAppsWeek:       call((*Keeper).weekOf),
	control.VerbActivitySearch: call((*Keeper).searchActivity),
	control.VerbNotifyList:     call((*Keeper).listNotices),
	control.VerbNotifyAdd:      call((*Keeper).addNotice),
	control.VerbNotifyBrowser:  call((*Keeper).addBrowser),
	control.VerbNotifyRemove:   call((*Keeper).removeNotice),
	control.VerbNotifyTry:      call((*Keeper).tryNotice),
	control.VerbConsoleCode:    call((*Keeper).consoleCode),
}

type none struct{}

// call adapts a typed method to a handler.
func call[A, R any](fn func(*Keeper, context.Context, A) (R, error)) handler {
	return func(k *Keeper, ctx context.Context, raw json.RawMessage, _ func(any) error) (any, error) {
		var args A
		if err := decodeArgs(raw, &args); err != nil {
			return nil, err
		}
		return fn(k, ctx, args)
	}
}

// stream adapts a typed method that sends many results.
func stream[A any](fn func(*Keeper, context.Context, A, func(any) error) error) handler {
	return func(k *Keeper, ctx context.Context, raw json.RawMessage, more func(any) error) (any, error) {
		var args A
		if err := decodeArgs(raw, &args); err != nil {
			return nil, err
		}
		return nil, fn(k, ctx, args, more)
	}
}

func decodeArgs(raw json.RawMessage, into any) error {
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return privyseal.E(privyseal.KindInvalid, "the call's arguments could not be read", "use the command line of the same version as the signer")
	}
	return nil
}

// Call answers one control call. The command line's socket may do everything;
// the front may see how the signer does, sign people in, and do what they may
// (design decision 11).
func (k *Keeper) Call(ctx context.Context, rights control.Rights, verb string, args json.RawMessage, more func(any) error) (any, error) {
	if h := forFront[verb]; rights == control.Front && h != nil {
		return h(k, ctx, args, more)
	}
	if rights != control.CommandLine {
		return nil, privyseal.E(privyseal.KindDenied, "this connection may not do that", "a person signed in to the console may, or use the command line")
	}
	h := handlers[verb]
	if h == nil {
		return nil, privyseal.E(privyseal.KindUnsupported, "the running signer does not know this command", "restart it with this version: privyseal up")
	}
	out, err := h(k, ctx, args, more)
	k.ownerSeen(verb, err)
	return out, err
}

func (k *Keeper) status(ctx context.Context) control.Status {
	s := control.Status{
		Version: k.version, PID: k.pid, Started: k.started,
		Locked: k.vault.Locked(), HasVault: k.hasVault(),
		Identities: len(k.book.allIdentities()), Apps: k.book.connected(), Questions: len(k.asked.All()),
		Relays: k.relayInfos(), Waiting: k.counts.waiting(), Counters: k.counts.all(), Store: "ok",
	}
	if err := k.store.Healthy(); err != nil {
		s.Store = err.Error()
	}
	s.OlderCopy, s.Epoch = k.Older(), k.currentEpoch()
	s.Findings = slices.Concat(k.findings, k.frontFindings(), k.markFindings(), k.clock.findings(k.now()), k.powersFindings(), k.sinkFindings(), k.brakeFindings(), k.careFindings(), k.learnFindings(), k.noticeFindings())
	s.Sink = k.sinkInfo()
	s.Chain, s.Answers = k.chainInfo(ctx), k.took.info()
	return s
}

// FrontFindings notes what a check-up says of the front, as the supervisor
// heard it when that front began.
func (k *Keeper) FrontFindings(list []control.Finding) { k.front.Store(&list) }

func (k *Keeper) frontFindings() []control.Finding {
	if list := k.front.Load(); list != nil {
		return *list
	}
	return nil
}

// note records something that is not a request.
func note(tx store.Tx, r privyseal.Record) error {
	r.Phase, r.Kind = privyseal.PhaseNote, -1
	_, err := tx.AppendRecord(r)
	return err
}
