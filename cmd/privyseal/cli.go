package main

// cli is the grammar: every verb with its flags. Examples are in each verb's
// Help, which --help shows.
type cli struct {
	Data string `placeholder:"DIR" help:"Where the signer keeps its data; else $$PRIVYSEAL_DATA, else the XDG data directory."`
	JSON bool   `name:"json" help:"Print one JSON document (streams: one object a line)."`

	Up   upCmd   `cmd:"" help:"Run the signer."`
	Init initCmd `cmd:"" help:"Make a vault and a first identity without a dialogue."`

	Identity identityCmd `cmd:"" help:"Identities: the keys in the vault."`
	Invite   inviteCmd   `cmd:"" help:"Make a bunker:// link that connects one app."`
	Accept   acceptCmd   `cmd:"" help:"Accept an app's nostrconnect:// link."`
	Apps     appsCmd     `cmd:"" help:"Connected apps and what each may do."`
	Policy   policyCmd   `cmd:"" help:"What apps may do: tried, written out, read in, learnt."`
	Requests requestsCmd `cmd:"" help:"Questions that wait for an answer."`
	Activity activityCmd `cmd:"" help:"What happened, and whether the record is whole."`
	Settings settingsCmd `cmd:"" help:"Everything that can be set."`
	Notify   notifyCmd   `cmd:"" help:"How you are told, away from this computer, that a question waits."`
	Relays   relaysCmd   `cmd:"" help:"Relays (connection services) and how they do."`

	Unlock     unlockCmd     `cmd:"" help:"Open the vault of the running signer."`
	Lock       lockCmd       `cmd:"" help:"Lock the vault of the running signer."`
	Passphrase passphraseCmd `cmd:"" help:"Change the passphrase."`
	Panic      panicCmd      `cmd:"" help:"Pause every app at once."`

	Backup  backupCmd  `cmd:"" help:"Write everything to one sealed file."`
	Restore restoreCmd `cmd:"" help:"Put a backup in place, after trying it."`
	Doctor  doctorCmd  `cmd:"" help:"Look for problems and say what to do."`

	Promptbook promptbookCmd `cmd:"" help:"Every question there is, in every language."`

	Demo  demoCmd  `cmd:"" help:"The whole system on this computer: signer, relay and two apps to try."`
	Call  callCmd  `cmd:"" help:"Be an app: call a method over a bunker:// link."`
	Relay relayCmd `cmd:"" help:"Run only the relay."`

	Completion     completionCmd     `cmd:"" help:"Print a completion script for a shell."`
	ConnectHandler connectHandlerCmd `cmd:"" help:"Have this computer open nostrconnect:// links with the signer."`
	Uninstall      uninstallCmd      `cmd:"" help:"Remove what the signer put on this computer."`
	Version        versionCmd        `cmd:"" help:"Print the version."`

	Console consoleCmd `cmd:"" help:"Print a link that signs in to the console, once."`
	People  peopleCmd  `cmd:"" help:"Who may use the console, and what for."`

	KeeperHalf keeperHalfCmd `cmd:"" hidden:"" help:"The half that holds the keys; started by up."`
	FrontHalf  frontHalfCmd  `cmd:"" hidden:"" help:"The half that meets the network; started by up."`
}
