package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

func (completionCmd) Help() string {
	return "Examples:\n  source <(privyseal completion bash)\n  privyseal completion fish > ~/.config/fish/completions/privyseal.fish"
}

func (c *completionCmd) Run(m *Main) error {
	words := map[string][]string{} // path of commands → what may come next
	walk(m.parsed.Model.Node, "", words)
	var b strings.Builder
	switch c.Shell {
	case "bash":
		shellCase(&b, words)
		b.WriteString("complete -o default -F _privyseal privyseal\n")
	case "zsh":
		b.WriteString("autoload -U +X bashcompinit && bashcompinit\n")
		shellCase(&b, words)
		b.WriteString("complete -o default -F _privyseal privyseal\n")
	case "fish":
		fish(&b, m.parsed.Model.Node, nil)
	}
	_, err := io.WriteString(m.Stdout, b.String())
	return err
}

// walk notes the commands and flags that may follow each command.
func walk(n *kong.Node, path string, words map[string][]string) {
	var next []string
	for _, child := range n.Children {
		if !child.Hidden {
			next = append(next, child.Name)
			walk(child, strings.TrimSpace(path+" "+child.Name), words)
		}
	}
	for _, group := range n.AllFlags(true) {
		for _, f := range group {
			next = append(next, "--"+f.Name)
		}
	}
	words[path] = next
}

// shellCase writes a completion function: the words after the commands typed
// so far.
func shellCase(b *strings.Builder, words map[string][]string) {
	b.WriteString("_privyseal() {\n  local path= w i cur=${COMP_WORDS[COMP_CWORD]}\n" +
		"  for ((i = 1; i < COMP_CWORD; i++)); do\n    w=${COMP_WORDS[i]}\n" +
		"    case \"$w\" in -*) ;; *) case \" $(_privyseal_words \"$path\") \" in *\" $w \"*) path=\"${path:+$path }$w\" ;; esac ;; esac\n  done\n" +
		"  COMPREPLY=($(compgen -W \"$(_privyseal_words \"$path\")\" -- \"$cur\"))\n}\n_privyseal_words() {\n  case \"$1\" in\n")
	for _, path := range slices.Sorted(maps.Keys(words)) {
		fmt.Fprintf(b, "    %q) echo %q ;;\n", path, strings.Join(words[path], " "))
	}
	b.WriteString("  esac\n}\n")
}

// fish writes a line for each command and flag.
func fish(b *strings.Builder, n *kong.Node, path []string) {
	when := "__fish_use_subcommand"
	if len(path) > 0 {
		when = "__fish_seen_subcommand_from " + path[len(path)-1]
	}
	quote := func(s string) string { return strings.ReplaceAll(s, "'", `\'`) }
	for _, child := range n.Children {
		if !child.Hidden {
			fmt.Fprintf(b, "complete -c privyseal -n '%s' -a %s -d '%s'\n", when, child.Name, quote(child.Help))
			fish(b, child, append(path, child.Name))
		}
	}
	for _, f := range n.Flags {
		if !f.Hidden {
			fmt.Fprintf(b, "complete -c privyseal -n '%s' -l %s -d '%s'\n", when, f.Name, quote(f.Help))
		}
	}
}
